"""Fills the disk with files that are each within their limit, and stays. Argument: how many files of 440 MB."""
import json
import os
import sys
import time

for number in range(int(sys.argv[1])):
    file = os.open("full-%d" % number, os.O_CREAT | os.O_WRONLY)
    os.posix_fallocate(file, 0, 440 << 20)
    os.close(file)
print(json.dumps({"outcome": "succeeded"}), flush=True)
time.sleep(float(sys.argv[2]))
