//! The three calls by which root puts a folder where the sandbox's user can reach it.
//!
//! They are made between fork and exec, so they allocate nothing.

use std::{
    ffi::CStr,
    io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
    ptr,
};

/// A mount of what is open as `source`, attached nowhere yet.
pub(super) fn clone(source: &OwnedFd) -> io::Result<OwnedFd> {
    let flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC | libc::AT_EMPTY_PATH as libc::c_uint;
    // SAFETY: the path is a literal, and the call changes no memory.
    let tree = unsafe { libc::syscall(libc::SYS_open_tree, source.as_raw_fd(), c"".as_ptr(), flags) };
    match RawFd::try_from(tree) {
        // SAFETY: the kernel has just made it for us.
        Ok(tree) if tree >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(tree) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Puts a mount where `target` is.
pub(super) fn attach(tree: &OwnedFd, target: &CStr) -> io::Result<()> {
    let flags = libc::MOVE_MOUNT_F_EMPTY_PATH;
    // SAFETY: both paths end by a zero byte, and the call changes no memory.
    let done = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            flags,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Keeps what is mounted from here on from everybody else, and what others mount from here.
pub(super) fn keep_to_itself() -> io::Result<()> {
    // SAFETY: the path is a literal, and the call changes no memory.
    let done = unsafe {
        libc::mount(ptr::null(), c"/".as_ptr(), ptr::null(), libc::MS_PRIVATE | libc::MS_REC, ptr::null())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
