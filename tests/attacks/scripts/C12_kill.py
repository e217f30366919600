"""Reaches for processes of others. Arguments: their ids, and `all` to end everything in sight."""
import json
import os
import signal
import sys

reached = []
for pid in sys.argv[1:]:
    try:
        if pid.isdigit():
            # Number 0 asks whether one could.
            os.kill(int(pid), 0)
            reached.append(pid)
    except OSError as error:
        print(pid, error)
if "all" in sys.argv:
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError as error:
        print(error)
print(json.dumps({"outcome": "succeeded" if reached else "refused", "detail": reached}), flush=True)
