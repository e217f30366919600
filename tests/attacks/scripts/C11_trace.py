"""Attaches to another process as a debugger does, and reads its memory."""
import ctypes
import errno
import json
import os
import platform
import signal

libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"


def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return "ok" if result != -1 else errno.errorcode.get(ctypes.get_errno(), "?")


child = os.fork()
if child == 0:
    signal.pause()
word = ctypes.create_string_buffer(b"secret")
vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), 6)
into = ctypes.create_string_buffer(6)
target = (ctypes.c_size_t * 2)(ctypes.addressof(into), 6)
came = {
    "read": call(310 if x86 else 270, child, target, 1, vector, 1, 0),
    "seize": call(101 if x86 else 117, 0x4206, child, 0, 0),
}
os.kill(child, signal.SIGKILL)
print(json.dumps({"outcome": "succeeded" if "ok" in came.values() else "refused", "detail": came}))
