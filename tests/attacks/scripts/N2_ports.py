"""Knocks at ports. Arguments: addresses, each as host, blank, port."""
import json
import socket
import sys

reached = []
for argument in sys.argv[1:]:
    host, port = argument.split()
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
        reached.append(argument)
    except OSError as error:
        print(argument, error)
print(json.dumps({"outcome": "succeeded" if reached else "refused", "detail": reached}))
