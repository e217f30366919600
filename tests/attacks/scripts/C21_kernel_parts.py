"""Opens parts of the kernel in which many holes were found."""
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


page = ctypes.create_string_buffer(256)
came = {
    "io_uring": call(425, 1, ctypes.byref(page)),
    "userfaultfd": call(323 if x86 else 282, 1),
    "bpf": call(321 if x86 else 280, 0, ctypes.byref(page), 0),
    "perf": call(298 if x86 else 241, ctypes.byref(page), 0, -1, -1, 0),
}
outcome = "refused" if set(came.values()) == {"EPERM"} else "succeeded"
print(json.dumps({"outcome": outcome, "detail": came}))
