"""Serves on a port of its own, asks itself, says which port it is, and goes on until there is a file `end`."""
import json
import os
import socket
import threading
import time

listener = socket.create_server(("127.0.0.1", 0))


def serve():
    while True:
        client, _ = listener.accept()
        client.sendall(b"hello")
        client.close()


threading.Thread(target=serve, daemon=True).start()
port = listener.getsockname()[1]
with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
    said = one.recv(5)
with open("port.part", "w") as file:
    file.write(str(port))
os.rename("port.part", "port")
while not os.path.exists("end"):
    time.sleep(0.02)
print(json.dumps({"outcome": "succeeded" if said == b"hello" else "refused"}))
