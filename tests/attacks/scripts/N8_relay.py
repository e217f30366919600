"""Uses the way out from a process of a process of its own session, through a listener of its own. Arguments: `host:port`
that is allowed, and one that is not."""
import json
import os
import socket
import subprocess
import sys
import threading

proxy = os.environ.get("HTTPS_PROXY", "").removeprefix("http://").split(":")
ASK = """
import socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=15) as one:
    one.sendall(('GET http://%s/simple/pip/ HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' % (sys.argv[2], sys.argv[2])).encode())
    print(one.recv(999).decode(errors='replace').split('\\r\\n')[0])
"""
listener = socket.create_server(("127.0.0.1", 0))


def pump(source, sink):
    try:
        while data := source.recv(4096):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay():
    while True:
        client, _ = listener.accept()
        way = socket.create_connection((proxy[0], int(proxy[1])))
        threading.Thread(target=pump, args=(client, way), daemon=True).start()
        threading.Thread(target=pump, args=(way, client), daemon=True).start()


threading.Thread(target=relay, daemon=True).start()
port = str(listener.getsockname()[1])
# In a session of its own and without the variables.
came = [
    subprocess.run(["python3", "-c", ASK, port, target], env={"PATH": os.environ["PATH"]}, start_new_session=True,
                   capture_output=True, text=True, check=False).stdout.strip()
    for target in sys.argv[1:3]
]
print(json.dumps({"outcome": "succeeded" if " 200" in came[1] else "refused", "detail": came}), flush=True)
