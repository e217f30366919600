"""Looks for a file by way of the folders that other processes are in. Argument: the file."""
import glob
import json
import sys

secret = sys.argv[1]
found = []
for way in ["", *glob.glob("/proc/[0-9]*/root"), *glob.glob("/proc/[0-9]*/cwd"), *glob.glob("/proc/[0-9]*/fd/*")]:
    for up in ("", "/../../../../../../../..", "/.."):
        try:
            open(way + up + secret).close()
            found.append(way + up)
        except OSError:
            pass
print(json.dumps({"outcome": "succeeded" if found else "refused", "detail": found[:9]}))
