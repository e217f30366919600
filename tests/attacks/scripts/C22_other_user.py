"""Starts programs that run as root whoever starts them, and looks as whom they do. They are held up by a pipe that is
full, so that they are still there to be looked at."""
import fcntl
import json
import os
import subprocess

end, full = os.pipe()
fcntl.fcntl(full, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    while True:
        os.write(full, b"x" * 4096)
except BlockingIOError:
    pass
try:
    while True:
        os.write(full, b"x")
except BlockingIOError:
    pass
fcntl.fcntl(full, fcntl.F_SETFL, 0)
gained = []
for program in ("mount", "su", "passwd"):
    started = subprocess.Popen(["/usr/bin/" + program, "--help"], stdin=subprocess.DEVNULL, stdout=full, stderr=full)
    # The rights change a moment after the program has taken the place of ours; when it sleeps, it waits for the pipe.
    while True:
        lines = open("/proc/%d/status" % started.pid).read().splitlines()
        status = {line.split(":")[0]: line.split()[1:] for line in lines}
        if status["Name"] == [program] and status["State"][0] in "SZ":
            break
    if status["Uid"][1] == "0" and status["Uid"][0] != "0":
        gained.append(program)
    started.kill()
    started.wait()
print(json.dumps({"outcome": "succeeded" if gained else "refused", "detail": gained}))
