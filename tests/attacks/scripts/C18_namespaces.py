"""Makes namespaces, mounts and roots. Most of it needs rights in any case: what counts is whether the answer is that of
the filter, EPERM (of `clone3`, ENOSYS), or the kernel's own about what is wrong with the arguments."""
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
    "clone3": call(435, 0, 0),
    "setns": call(308 if x86 else 268, 0, 0),
    "unshare": call(272 if x86 else 97, 0x10000000),
    "mount": call(165 if x86 else 40, b"x", b"/tmp", b"tmpfs", 0, 0),
    "chroot": call(161 if x86 else 51, b"/tmp"),
    "pivot_root": call(155 if x86 else 41, b"/tmp", b"/tmp"),
}
refused = came.pop("clone3") == "ENOSYS" and set(came.values()) == {"EPERM"}
print(json.dumps({"outcome": "refused" if refused else "succeeded", "detail": came}))
