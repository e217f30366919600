//! What happens between fork and exec, in the process that becomes bubblewrap.
//!
//! Only system calls are made here: another thread could have held any lock, the allocator's included, when the
//! process was copied. Everything that needs memory is made ready before, by [`Preparation`].
//!
//! The order matters. Where the host is root, the project is mounted at a place that everybody may reach (bubblewrap
//! runs as a user who may not look into root's folders), then root is given up, and only then are privileges closed
//! off. What is opened before is marked to be closed at exec but for the files that bubblewrap is told about.

use super::{account::Account, guards::Guards, mounts};
use crate::CommandLimits;
use rustix::{
    fs::fchown,
    process::{Pid, Resource, Rlimit, getrlimit, setrlimit},
    thread::{UnshareFlags, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use std::{
    ffi::CString,
    io,
    os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd},
};

/// The things that can be mounted before root is given up, each with a place in the stage.
pub(super) const PLACES: [&str; 4] = ["project", "helper", "proxy", "bridge"];

/// Everything that the child needs, allocated before it exists.
pub(super) struct Preparation {
    pub(super) guards: Guards,
    /// The process that starts it.
    pub(super) parent: Pid,
    /// What is mounted where before root is given up; at most one for each of [`PLACES`].
    pub(super) mounts: Vec<(OwnedFd, CString)>,
    /// Whom to become; none where the host is no root.
    pub(super) become_account: Option<Account>,
    /// Limits of bubblewrap and everything in it, the soft and the hard one.
    pub(super) limits: Vec<(Resource, u64, u64)>,
    /// Files of cgroups that take the process in.
    pub(super) cgroups: Vec<OwnedFd>,
    /// Files that bubblewrap is told about.
    pub(super) kept: Vec<OwnedFd>,
}

/// The limits that a process can be given.
pub(super) fn resources(limits: &CommandLimits, guards: Guards) -> Vec<(Resource, u64, u64)> {
    let mut resources = vec![(Resource::Core, 0, 0)];
    if guards.limits {
        let cpu = limits.cpu.as_secs().max(1);
        resources.extend([
            (Resource::Fsize, limits.file_size, limits.file_size),
            (Resource::Nofile, limits.open_files, limits.open_files),
            (Resource::Data, limits.process_memory, limits.process_memory),
            // The soft limit comes as a signal that says what it was; the hard one cannot be ignored.
            (Resource::Cpu, cpu, cpu + 5),
        ]);
    }
    resources
}

impl Preparation {
    /// Runs in the child.
    pub(super) fn run(&self) -> io::Result<()> {
        self.die_with_parent()?;
        rustix::process::setsid()?;
        for file in &self.cgroups {
            // A process that writes 0 is taken in itself.
            rustix::io::write(file, b"0\n")?;
        }
        for &(resource, soft, hard) in &self.limits {
            limit(resource, soft, hard)?;
        }
        self.mount()?;
        if let Some(account) = self.become_account {
            // Programs open /dev/stdout by name, which takes the right to write to the pipe.
            for number in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
                // SAFETY: both were set up for this process just now and stay open until exec.
                let pipe = unsafe { BorrowedFd::borrow_raw(number) };
                fchown(pipe, Some(account.uid()), Some(account.gid()))?;
            }
            set_thread_groups(&[])?;
            let (uid, gid) = (account.uid(), account.gid());
            set_thread_res_gid(gid, gid, gid)?;
            set_thread_res_uid(uid, uid, uid)?;
            // Becoming somebody else takes it back.
            self.die_with_parent()?;
        }
        if self.guards.privileges {
            set_no_new_privs(true)?;
        }
        self.keep()
    }

    /// Has the kernel end this process with its parent. Bubblewrap asks for the same, but a parent that dies before it
    /// gets there would leave it running for good.
    fn die_with_parent(&self) -> io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        match rustix::process::getppid() == Some(self.parent) {
            true => Ok(()),
            // It died before the kernel was asked.
            false => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn mount(&self) -> io::Result<()> {
        if self.mounts.is_empty() {
            return Ok(());
        }
        // Cloned before this process leaves the host's mounts: afterwards they are not its own any more.
        let mut trees: [Option<OwnedFd>; PLACES.len()] = [const { None }; PLACES.len()];
        for ((source, _), tree) in self.mounts.iter().zip(&mut trees) {
            *tree = Some(mounts::clone(source)?);
        }
        // SAFETY: only the mounts of this process, which has one thread, become its own; no files are shared anew.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS)? };
        mounts::keep_to_itself()?;
        for ((_, target), tree) in self.mounts.iter().zip(&trees) {
            let Some(tree) = tree else { continue };
            mounts::attach(tree, target)?;
        }
        Ok(())
    }

    /// Marks everything but the three standard streams to be closed at exec, then takes back what bubblewrap needs.
    fn keep(&self) -> io::Result<()> {
        if self.guards.descriptors {
            // SAFETY: the call takes three integers and changes nothing but flags of file descriptors.
            let done = unsafe {
                libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
            };
            if done != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        for file in &self.kept {
            rustix::io::fcntl_setfd(file, rustix::io::FdFlags::empty())?;
        }
        Ok(())
    }

    /// Keeps a file for bubblewrap; returns the number by which it is told.
    pub(super) fn hand_over(&mut self, file: OwnedFd) -> RawFd {
        let number = file.as_raw_fd();
        self.kept.push(file);
        number
    }
}

/// Sets a limit, or the host's own where that is lower already.
fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let hard = hard.min(most);
    Ok(setrlimit(resource, Rlimit { current: Some(soft.min(hard)), maximum: Some(hard) })?)
}

/// A file in memory with these bytes, to be read from its beginning.
pub(super) fn memory_file(name: &str, bytes: &[u8]) -> io::Result<OwnedFd> {
    use io::{Seek, Write};
    let file = rustix::fs::memfd_create(name, rustix::fs::MemfdFlags::CLOEXEC)?;
    let mut file = std::fs::File::from(file);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file.into())
}
