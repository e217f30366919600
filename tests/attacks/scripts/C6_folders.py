"""Fills folders, some of which are memory. Arguments: pairs of a folder and how many bytes."""
import json
import os
import sys

filled = []
for folder, size in zip(sys.argv[1::2], sys.argv[2::2]):
    path = os.path.join(os.path.expanduser(folder), "fill-%d" % os.getpid())
    try:
        file = os.open(path, os.O_CREAT | os.O_WRONLY)
    except OSError as error:
        print(folder, error)
        continue
    try:
        os.posix_fallocate(file, 0, int(size))
        filled.append(folder)
    except OSError as error:
        print(folder, error)
    os.close(file)
    os.unlink(path)
print(json.dumps({"outcome": "succeeded" if filled else "refused", "detail": filled}))
