"""Makes a character and a block device."""
import json
import os
import stat

made, errors = [], []
for name, kind in (("null", stat.S_IFCHR), ("disk", stat.S_IFBLK)):
    for folder in (".", "/tmp", "/dev", "/dev/shm"):
        path = os.path.join(folder, f"attack-{name}-{os.getpid()}")
        try:
            os.mknod(path, kind | 0o600, os.makedev(1, 3))
            made.append(path)
            os.unlink(path)
        except OSError as error:
            errors.append(str(error))
print(json.dumps({"outcome": "succeeded" if made else "refused", "detail": made or errors}))
