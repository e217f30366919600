"""Makes sockets of families that no network namespace holds, or that see every packet. A family that the kernel lacks is
answered by the kernel and not by the filter, so what counts is EPERM."""
import errno
import json
import socket

came = {}
for name, family, kind in [
    ("vsock", 40, socket.SOCK_STREAM), ("packet", 17, socket.SOCK_DGRAM), ("alg", 38, socket.SOCK_SEQPACKET),
    ("xdp", 44, socket.SOCK_RAW), ("can", 29, socket.SOCK_RAW), ("bluetooth", 31, socket.SOCK_SEQPACKET),
]:
    try:
        socket.socket(family, kind, 0).close()
        came[name] = "ok"
    except OSError as error:
        came[name] = errno.errorcode[error.errno]
print(json.dumps({"outcome": "refused" if set(came.values()) == {"EPERM"} else "succeeded", "detail": came}))
