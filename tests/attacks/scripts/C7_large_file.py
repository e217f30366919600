"""Makes a file that is larger than any may be. It has no contents, so that it costs nothing where it succeeds."""
import json
import os

file = os.open("large", os.O_CREAT | os.O_WRONLY)
try:
    os.ftruncate(file, 600 << 20)
    outcome = "succeeded"
except OSError as error:
    print(error)
    outcome = "refused"
os.unlink("large")
print(json.dumps({"outcome": outcome}))
