"""Looks at its own arguments: whether each came as it was sent, and whether a shell did what is in them."""
import json
import os
import sys

# A shell that saw any of the words would have made this file.
made = os.path.exists("made")
print(json.dumps({"outcome": "succeeded" if made else "refused", "detail": sys.argv[1:]}))
