"""Gives a file of another project a second name in this one, and reads it by that."""
import json
import os
import sys

try:
    os.link(sys.argv[1], "second-name")
    detail = open("second-name").read()
    outcome = "succeeded"
except OSError as error:
    outcome, detail = "refused", str(error)
print(json.dumps({"outcome": outcome, "detail": detail}))
