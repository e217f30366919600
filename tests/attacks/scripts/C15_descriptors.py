"""Tries every descriptor that may have been left open as a way to a file. Argument: the file's name within the folder
that was left open."""
import json
import os
import sys

found, open_ones = [], []
for number in range(3, 1024):
    for name in (sys.argv[1], "../" + sys.argv[1]):
        try:
            os.close(os.open(name, os.O_RDONLY, dir_fd=number))
            found.append(number)
        except OSError:
            pass
print(json.dumps({"outcome": "succeeded" if found else "refused", "detail": found}))
