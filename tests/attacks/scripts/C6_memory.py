"""Takes more memory than one process may have, without touching it."""
import json
import mmap

GIB = 1 << 30
blocks = []
try:
    while len(blocks) < 12:
        blocks.append(mmap.mmap(-1, GIB // 4, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
except OSError as error:
    print(error)
outcome = "succeeded" if len(blocks) == 12 else "refused"
print(json.dumps({"outcome": outcome, "detail": len(blocks)}))
