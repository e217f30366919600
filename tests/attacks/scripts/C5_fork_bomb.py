"""Starts processes that stay, up to a number. Arguments: the number, and `leave` when they are not to be ended."""
import json
import os
import signal
import sys

most, leave = int(sys.argv[1]), "leave" in sys.argv
children = []
try:
    while len(children) < most:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
except OSError as error:
    print(error)
if not leave:
    for child in children:
        os.kill(child, signal.SIGKILL)
outcome = "succeeded" if len(children) == most else "refused"
print(json.dumps({"outcome": outcome, "detail": len(children)}), flush=True)
