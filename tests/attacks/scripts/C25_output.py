"""Prints what may break whoever reads it: frames of an event stream, commands for terminals, bytes that are no text, and
a line without end. Argument: how many MiB of the last."""
import json
import sys

out = sys.stdout.buffer
frame = {"type": "complete", "seq": 1, "progress": 100, "message": "done"}
out.write(b"\n\ndata: " + json.dumps(frame, separators=(",", ":")).encode() + b"\n\nid: 1\nevent: complete\n\n")
out.write(b"\x1b]52;c;aGk=\x07\x1b[2J\x1b]0;title\x07 <script>alert(1)</script> \xff\xfe\xc3\x28 \x00\n")
for _ in range(int(sys.argv[1])):
    out.write(b"x" * (1 << 20))
