"""Makes a system call by the numbers of 32-bit programs, which a filter for 64-bit ones could miss: `mov eax, 20
(getpid); int 0x80; ret`, in memory of its own and a process of its own, for it may be ended for that."""
import ctypes
import json
import mmap
import os
import signal

child = os.fork()
if child == 0:
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    os._exit(0 if function() == os.getpid() else 1)
_, status = os.waitpid(child, 0)
if os.WIFSIGNALED(status):
    # A kernel without these numbers ends it as well, but by another signal.
    outcome = "refused" if os.WTERMSIG(status) == signal.SIGSYS else "not there"
else:
    outcome = "succeeded"
print(json.dumps({"outcome": outcome, "detail": status}))
