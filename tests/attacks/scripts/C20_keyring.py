"""Asks for the keyring of the session, which belongs to no namespace."""
import ctypes
import errno
import json
import platform

libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"


def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return "ok" if result != -1 else errno.errorcode.get(ctypes.get_errno(), "?")


came = {
    "keyctl": call(250 if x86 else 219, 0, -3, 1),
    "add_key": call(248 if x86 else 217, b"user", b"attack", b"x", 1, -1),
    "request_key": call(249 if x86 else 218, b"user", b"attack", 0, 0),
}
outcome = "refused" if set(came.values()) == {"EPERM"} else "succeeded"
print(json.dumps({"outcome": outcome, "detail": came}))
