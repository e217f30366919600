"""Connects to sockets that have a name. Arguments: names, those of the abstract kind with an `@` in front. Those that
usually give away a machine are tried as well."""
import glob
import json
import os
import socket
import sys

USUAL = [
    "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/containerd/containerd.sock",
    "/run/systemd/private", "/run/systemd/journal/stdout", "/run/nscd/socket", "/dev/log",
    *glob.glob("/tmp/ssh-*/agent.*"), *glob.glob("/tmp/.X11-unix/*"), *glob.glob("/run/user/*/bus"),
    os.environ.get("SSH_AUTH_SOCK", ""),
]
reached = []
for name in [*sys.argv[1:], *filter(None, USUAL)]:
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(2)
            one.connect("\0" + name[1:] if name.startswith("@") else name)
            reached.append(name)
    except OSError as error:
        print(name, error)
print(json.dumps({"outcome": "succeeded" if reached else "refused", "detail": reached}))
