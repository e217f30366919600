//! System calls that have carried attacks out of sandboxes.

use super::scene::*;
use crate::sandbox::Guards;

/// Makes raw calls and prints what each gave: `name: ok` or `name: <error>`.
const CALLS: &str = r"
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == 'x86_64'
def call(name, number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    print(name + ': ' + ('ok' if result != -1 else errno.errorcode.get(ctypes.get_errno(), '?')), flush=True)
    return result
";

async fn calls(scene: &Scene, program: &str) -> String {
    let outcome = scene.python(&format!("{CALLS}{program}")).await;
    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.output);
    outcome.output
}

fn without_filter() -> Scene {
    Scene::with(Guards { seccomp: false, ..Guards::ALL })
}

/// Runs a program behind the whole wall and without the filter of calls.
async fn both(program: &str) -> (String, String) {
    (calls(&Scene::new(), program).await, calls(&without_filter(), program).await)
}

#[tokio::test]
async fn kernel_keyrings_are_out_of_reach() {
    if !can_run() {
        return;
    }
    // C20: keyrings belong to no namespace.
    let (guarded, open) = both("call('keyctl', 250 if x86 else 219, 0, -3, 1)").await;
    assert_eq!(guarded.trim(), "keyctl: EPERM");
    assert_ne!(open.trim(), "keyctl: EPERM", "without the filter the kernel itself answers");
}

#[tokio::test]
async fn io_uring_userfaultfd_bpf_and_perf_are_refused() {
    if !can_run() {
        return;
    }
    // C21
    let program = "page = ctypes.create_string_buffer(256)\n\
                   call('io_uring', 425, 1, ctypes.byref(page))\n\
                   call('userfaultfd', 323 if x86 else 282, 1)\n\
                   call('bpf', 321 if x86 else 280, 0, ctypes.byref(page), 0)\n\
                   call('perf', 298 if x86 else 241, ctypes.byref(page), 0, -1, -1, 0)";
    let (guarded, open) = both(program).await;
    assert!(guarded.lines().count() == 4 && guarded.lines().all(|line| line.ends_with("EPERM")), "{guarded}");
    assert!(open.lines().any(|line| line == "io_uring: ok" || line == "userfaultfd: ok"), "{open}");
}

#[tokio::test]
async fn sockets_of_virtual_machines_and_packets_are_refused() {
    if !can_run() {
        return;
    }
    // N5: VSOCK reaches the host of a virtual machine past any network namespace.
    let program = "[call('family %d' % family, 41 if x86 else 198, family, 2, 0) for family in (40, 17, 38, 44, 29, 31)]\n\
                   [call('family %d' % family, 41 if x86 else 198, family, 1, 0) for family in (1, 2, 10)]";
    let guarded = calls(&Scene::new(), program).await;
    let refused = guarded.lines().filter(|line| line.ends_with("EPERM")).count();
    assert_eq!((refused, guarded.lines().filter(|line| line.ends_with("ok")).count()), (6, 3), "{guarded}");
    let open = calls(&without_filter(), program).await;
    assert!(!open.contains("family 40: EPERM"), "{open}");
}

#[tokio::test]
async fn namespaces_mounts_and_roots_are_refused() {
    if !can_run() {
        return;
    }
    // C18
    let program = "call('unshare', 272 if x86 else 97, 0x10000000)\n\
                   call('clone3', 435, 0, 0)\n\
                   call('clone', 56 if x86 else 220, 0x10000000 | 17, 0, 0, 0, 0)\n\
                   call('mount', 165 if x86 else 40, b'x', b'/tmp', b'tmpfs', 0, 0)\n\
                   call('setns', 308 if x86 else 268, 0, 0)\n\
                   call('chroot', 161 if x86 else 51, b'/tmp')\n\
                   call('pivot_root', 155 if x86 else 41, b'/tmp', b'/tmp')";
    let guarded = calls(&Scene::new(), program).await;
    let wanted = "unshare: EPERM\nclone3: ENOSYS\nclone: EPERM\nmount: EPERM\nsetns: EPERM\nchroot: EPERM\n\
                  pivot_root: EPERM\n";
    assert_eq!(guarded, wanted);
    // Two guards stand before user namespaces; each holds alone, and without both it is made.
    let attempt = "import os\ncall('unshare', 272 if x86 else 97, 0x10000000)";
    let no_filter = calls(&without_filter(), attempt).await;
    assert_ne!(no_filter.trim(), "unshare: ok");
    let neither = Guards { seccomp: false, no_user_namespaces: false, ..Guards::ALL };
    assert_eq!(calls(&Scene::with(neither), attempt).await.trim(), "unshare: ok");
}

#[tokio::test]
async fn looking_into_other_processes_is_refused() {
    if !can_run() {
        return;
    }
    // C11: attaching to process 1 would stop it, and the sandbox would never end.
    let program = "import subprocess, time\n\
                   child = subprocess.Popen(['sleep', '60'])\n\
                   call('attach', 101 if x86 else 117, 0x4206, child.pid, 0, 0)\n\
                   buffer = ctypes.create_string_buffer(16)\n\
                   call('read', 310 if x86 else 270, child.pid, buffer, 1, buffer, 1, 0)\n\
                   child.kill()";
    let (guarded, open) = both(program).await;
    assert_eq!(guarded, "attach: EPERM\nread: EPERM\n");
    assert!(open.starts_with("attach: ok"), "{open}");
}

#[tokio::test]
async fn another_numbering_of_calls_does_not_pass_the_filter() {
    if !can_run() || std::env::consts::ARCH != "x86_64" {
        return;
    }
    // C19: x32 numbers are refused as well, and 32-bit calls end the program.
    let guarded = calls(&Scene::new(), "call('x32 unshare', 0x40000000 | 272, 0x10000000)").await;
    assert!(guarded.ends_with("EPERM\n") || guarded.ends_with("ENOSYS\n"), "{guarded}");
    // `mov eax, 20 (getpid); int 0x80; ret`, in memory of its own.
    let program = "import mmap\n\
                   memory = mmap.mmap(-1, 4096, prot=7)\n\
                   memory.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))\n\
                   address = ctypes.addressof(ctypes.c_char.from_buffer(memory))\n\
                   print('answered', ctypes.CFUNCTYPE(ctypes.c_int)(address)(), flush=True)";
    let outcome = Scene::new().python(&format!("{CALLS}{program}")).await;
    assert!(outcome.exit_code != Some(0) && !outcome.output.contains("answered"), "{}", outcome.output);
    let open = without_filter().python(&format!("{CALLS}{program}")).await;
    assert!(open.output.contains("answered") || open.signal.is_some(), "{}", open.output);
}

#[tokio::test]
async fn a_file_cannot_be_made_set_user_id() {
    if !can_run() {
        return;
    }
    // F10: the file stays a nobody's as well; but it lies on the host's disk.
    let program = "cp /usr/bin/id copy; chmod 4755 copy 2>&1; chmod 2755 copy 2>&1; stat -c %a copy";
    let scene = Scene::new();
    let guarded = scene.sh(program).await.output;
    assert!(
        guarded.contains("ermitted") && guarded.ends_with("755\n") && !guarded.contains("4755\n"),
        "{guarded}"
    );
    let open = without_filter().sh(program).await.output;
    assert!(open.ends_with("2755\n") || open.ends_with("6755\n"), "{open}");
}

#[tokio::test]
async fn a_file_cannot_be_set_user_id_from_its_beginning() {
    if !can_run() {
        return;
    }
    // F10: every call that makes a file takes a mode, and `openat2` takes it where no filter can see it.
    let program = "how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_RDWR, 0o4755, 0)\n\
                   call('openat', 257 if x86 else 56, -100, b'a', os.O_CREAT | os.O_RDWR, 0o4755)\n\
                   call('unnamed', 257 if x86 else 56, -100, b'.', os.O_TMPFILE | os.O_RDWR, 0o2755)\n\
                   call('openat2', 437, -100, b'b', ctypes.byref(how), 24)\n\
                   call('plain', 257 if x86 else 56, -100, b'c', os.O_CREAT | os.O_RDWR, 0o755)\n\
                   call('no mode', 257 if x86 else 56, -100, b'c', os.O_RDONLY, 0o7777)";
    let (guarded, open) = both(program).await;
    assert_eq!(
        guarded, "openat: EPERM\nunnamed: EPERM\nopenat2: ENOSYS\nplain: ok\nno mode: ok\n",
        "without: {open}"
    );
    assert!(open.contains("openat: ok") && open.contains("openat2: ok"), "{open}");
}

#[tokio::test]
async fn a_device_cannot_be_made() {
    if !can_run() {
        return;
    }
    // F9: user namespaces do not have the right at all.
    for scene in [Scene::new(), without_filter()] {
        let output = scene.sh("mknod disk b 254 0 2>&1; mknod memory c 1 1 2>&1; ls").await.output;
        assert!(output.matches("ermitted").count() == 2 && !output.ends_with("disk\n"), "{output}");
    }
}

#[tokio::test]
async fn typing_into_the_servers_terminal_is_refused() {
    if !can_run() {
        return;
    }
    // C17: on a terminal of the program's own, so that both answers can be told apart.
    let program = "import fcntl, pty, os\n\
                   pid, master = pty.fork()\n\
                   if pid == 0:\n \
                    try: fcntl.ioctl(0, 0x5412, b'x'); print('typed', flush=True)\n \
                    except OSError as error: print('refused', error.errno, flush=True)\n \
                    os._exit(0)\n\
                   said = b''\n\
                   while b'\\n' not in said: said += os.read(master, 99)\n\
                   print(said.decode().strip())";
    let guarded = Scene::new().python(program).await.output;
    assert!(guarded.contains("refused 1"), "{guarded}");
    let open = without_filter().python(program).await.output;
    assert!(open.contains("typed"), "{open}");
    let terminal = Scene::new().sh("true < /dev/tty").await;
    assert_ne!(terminal.exit_code, Some(0), "there is no terminal: {}", terminal.output);
}
