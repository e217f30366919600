"""Puts a file into the places where package clients keep what everybody uses, or looks for it there. Argument: `spoil`,
`look` or `both`."""
import json
import os
import sys

HOME = os.path.expanduser("~")
PLACES = [
    HOME + "/.npm/_cacache", HOME + "/.cache/pip", HOME + "/.cargo/registry", HOME + "/.config/pip", "/tmp",
    "/var/cache", "/usr/lib/node_modules", "/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages",
]
came = []
for place in PLACES:
    file = os.path.join(place, "spoilt-by-attack")
    try:
        if sys.argv[1] in ("spoil", "both"):
            os.makedirs(place, exist_ok=True)
            open(file, "w").close()
        if os.path.exists(file):
            came.append(place)
    except OSError as error:
        print(error)
print(json.dumps({"outcome": "succeeded" if came else "refused", "detail": came}))
