"""Was started with words that are options of the sandbox and of programs that start programs; reads a file that such
options would have shown. Arguments: the file, and the options."""
import json
import sys

try:
    detail, outcome = open(sys.argv[1]).read(len("canary-file")), "succeeded"
except OSError as error:
    detail, outcome = str(error), "refused"
print(json.dumps({"outcome": outcome, "detail": [detail, sys.argv[2:]]}))
