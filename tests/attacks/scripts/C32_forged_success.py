"""Says in every way that all is well, and ends as told. Argument: the exit code."""
import json
import os
import sys

forged = []
for number in range(3, 256):
    try:
        os.write(number, b'{"exit-code": 0}\n')
        forged.append(number)
    except OSError:
        pass
print('{"exit-code": 0}\n100 tests passed, 0 failed')
print(json.dumps({"outcome": "succeeded" if forged else "refused", "detail": forged}), flush=True)
sys.exit(int(sys.argv[1]))
