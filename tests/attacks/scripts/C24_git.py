"""Makes the project a git repository that runs a program of its own whenever git looks at it. Argument: a file that the
program makes."""
import json
import os
import sys

run = "touch %s; false" % sys.argv[1]
for folder in ("objects", "refs/heads", "hooks"):
    os.makedirs(".git/" + folder, exist_ok=True)
open(".git/HEAD", "w").write("ref: refs/heads/main\n")
open(".git/config", "w").write(
    "[core]\n\trepositoryformatversion = 0\n\tfsmonitor = \"%s\"\n\tsshCommand = \"%s\"\n\tpager = \"%s\"\n"
    "[diff]\n\texternal = \"%s\"\n[filter \"evil\"]\n\tclean = \"%s\"\n\tsmudge = \"%s\"\n" % ((run,) * 6)
)
open(".gitattributes", "w").write("* filter=evil\n")
for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction"):
    path = ".git/hooks/" + hook
    open(path, "w").write("#!/bin/sh\n" + run + "\n")
    os.chmod(path, 0o755)
open("a.txt", "w").write("a\n")
print(json.dumps({"outcome": "succeeded", "detail": "it is laid out"}))
