"""Computes on every core. Argument: for how many seconds of processor time."""
import json
import os
import sys
import time


def spin():
    while time.process_time() < float(sys.argv[1]):
        pass


children = []
for _ in range(os.cpu_count() or 2):
    child = os.fork()
    if child == 0:
        spin()
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
print(json.dumps({"outcome": "succeeded"}))
