"""Moves the folder of the project away, or removes it."""
import json
import os

root = os.getcwd()
attempts = {
    "move": lambda: os.rename(root, root + "-moved"),
    "remove": lambda: os.rmdir(root),
    "beside": lambda: os.mkdir(os.path.join(os.path.dirname(root), "made-beside")),
}
# An empty folder, so that nothing but the wall keeps it from being removed.
for name in os.listdir(root):
    os.unlink(name)
done, errors = [], []
for name, attempt in attempts.items():
    try:
        attempt()
        # Seen by others only if it is the folder of the host that was changed.
        done.append(name)
    except OSError as error:
        errors.append(f"{name}: {error}")
    os.makedirs(root, exist_ok=True)
done = [name for name in done if name != "beside"]
print(json.dumps({"outcome": "succeeded" if done else "refused", "detail": [done, errors]}))
