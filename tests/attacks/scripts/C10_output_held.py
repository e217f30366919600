"""Ends at once, and leaves a daemon behind that holds on to standard output. Before that it shows with a pipe of its own
that whoever waits for the end of the output waits for the daemon."""
import json
import os
import select
import signal


def daemon():
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pause()
    return child


end, other = os.pipe()
child = daemon()
os.close(other)
ended, _, _ = select.select([end], [], [], 0.5)
os.kill(child, signal.SIGKILL)
daemon()
print(json.dumps({"outcome": "refused" if ended else "succeeded", "detail": "a pipe that is held has no end"}), flush=True)
