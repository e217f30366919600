"""Asks the proxy for allowed names that lead to this machine. Arguments: `host:port` …; what comes of each is the detail."""
import json
import os
import socket
import sys

proxy = os.environ.get("HTTPS_PROXY", "").removeprefix("http://").split(":")
came, through = [], False
for target in sys.argv[1:]:
    with socket.create_connection((proxy[0], int(proxy[1])), timeout=15) as one:
        one.sendall(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)).encode())
        answer = one.recv(999).decode(errors="replace").split("\r\n")[0]
    came.append(answer)
    through = through or " 200" in answer
print(json.dumps({"outcome": "succeeded" if through else "refused", "detail": came}))
