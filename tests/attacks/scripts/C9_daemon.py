"""Leaves a daemon behind that has left its session and its environment and ignores being asked to end. It ends by
itself when there is a file `end`. Argument: a word to find it by."""
import json
import os
import signal
import sys

DAEMON = "import os, time\nopen('up', 'w').close()\nwhile not os.path.exists('end'): time.sleep(0.02)"
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.fork() == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.execve("/usr/bin/python3", ["python3", "-c", DAEMON, sys.argv[1]], {})
    os._exit(0)
while not os.path.exists("up"):
    pass
print(json.dumps({"outcome": "succeeded", "detail": "a daemon is up"}))
