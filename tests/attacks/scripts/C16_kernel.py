"""Opens the kernel's settings for writing, and makes a folder in its file systems. Nothing is written."""
import json
import os

done = []
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger"):
    try:
        os.close(os.open(path, os.O_WRONLY))
        done.append(path)
    except OSError as error:
        print(error)
for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/kernel/mm"):
    try:
        os.mkdir(folder + "/attack")
        os.rmdir(folder + "/attack")
        done.append(folder)
    except OSError as error:
        print(error)
print(json.dumps({"outcome": "succeeded" if done else "refused", "detail": done}))
