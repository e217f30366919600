"""Gives data away to a host that is allowed, a little with each request, until somebody minds. Argument: `host:port`."""
import json
import os
import socket
import sys

PIECE = 15000
proxy = os.environ.get("HTTPS_PROXY", "").removeprefix("http://").split(":")
request = "GET http://%s/simple/ HTTP/1.1\r\nHost: %s\r\nX-Data: %s\r\n\r\n" % (sys.argv[1], sys.argv[1], "x" * PIECE)
sent, answer = 0, ""
while sent < 64 << 20:
    with socket.create_connection((proxy[0], int(proxy[1])), timeout=30) as one:
        one.sendall(request.encode())
        answer = one.recv(999).split(b"\r\n")[0].decode(errors="replace")
    if " 200" not in answer:
        break
    sent += PIECE
print(json.dumps({"outcome": "succeeded" if sent >= 64 << 20 else "refused", "detail": [sent, answer]}))
