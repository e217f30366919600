"""Makes a copy of a program that runs as its owner whoever starts it."""
import json
import os
import shutil
import stat

made, errors = [], []
for name, bit in (("as-user", stat.S_ISUID), ("as-group", stat.S_ISGID)):
    try:
        shutil.copy("/usr/bin/id", name)
        os.chmod(name, 0o755 | bit)
        if os.stat(name).st_mode & bit:
            made.append(name)
    except OSError as error:
        errors.append(str(error))
print(json.dumps({"outcome": "succeeded" if made else "refused", "detail": made or errors}))
