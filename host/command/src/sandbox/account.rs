//! Whose rights a sandboxed program has, and how it comes to own its project.
//!
//! A host that is no root starts programs as its own user: the project is that user's, and there is nothing to do.
//!
//! A host that is root must not do so. In a user namespace that root made, "nobody's" root can still write what the
//! kernel checks against the real one, `/proc/sys/kernel/core_pattern` for instance, and with it run code outside. So
//! root hands the program to a number that no account has. That number has to be able to change the project, whose
//! files root writes; before each start the project is looked through, and what is not yet the number's own is given
//! to it.
//!
//! Two other ways were weighed. Access lists leave files that are written with mode 0600 unreadable and are missing on
//! some file systems. A mount that shows root's files as the number's own (an idmapped mount) needs no walk, but
//! stores what the program makes as root's: a set-user-id file would then be root's as well, and one mistake in the
//! filter of system calls would hand the host to whoever can reach the folder.
//!
//! Giving files away is itself a classic way to lose a host: a link made in time leads it to `/etc/shadow`. The walk
//! goes from one open folder to the next, follows no links, stays on one file system, and leaves alone a file that
//! has a second name, which might be outside.

use super::SandboxError;
use crate::Project;
use cap_std::fs::{Dir, MetadataExt};
use rustix::{
    fs::{AtFlags, Gid, Uid, chownat},
    process::geteuid,
};
use std::{fs, io};

/// Folders below each other that are looked into. No program of ours writes deeper; what is deeper stays as it is.
const DEPTH_MAX: usize = 256;

/// The user that programs run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
    /// Whether the host is root and has to become this user.
    pub(super) drops: bool,
}

impl Account {
    /// The account of a host with the rights of this process.
    pub(super) fn choose(unowned: u32) -> Result<Self, SandboxError> {
        if !geteuid().is_root() {
            let gid = rustix::process::getegid().as_raw();
            return Ok(Self { uid: geteuid().as_raw(), gid, drops: false });
        }
        if unowned == 0 {
            return Err(SandboxError::Account { uid: 0, problem: "that is root".into() });
        }
        match owner_of(unowned) {
            Some(name) => Err(SandboxError::Account {
                uid: unowned,
                problem: format!("it is the account '{name}'; choose a number that no account has"),
            }),
            None => Ok(Self { uid: unowned, gid: unowned, drops: true }),
        }
    }

    /// Root itself, for a test's comparison.
    #[cfg(test)]
    pub(super) fn root() -> Self {
        Self { uid: 0, gid: 0, drops: false }
    }

    pub(super) fn uid(self) -> Uid {
        Uid::from_raw(self.uid)
    }

    pub(super) fn gid(self) -> Gid {
        Gid::from_raw(self.gid)
    }

    /// `/etc/passwd` and `/etc/group` as programs see them: themselves, root's name, and nobody else.
    pub(super) fn files(self) -> [String; 2] {
        let Self { uid, gid, .. } = self;
        let home = crate::HOME;
        [
            format!(
                "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nagent:x:{uid}:{gid}:agent:{home}:/bin/sh\n"
            ),
            format!("root:x:0:\nagent:x:{gid}:\n"),
        ]
    }

    /// Gives the account what of the project is not its own. Blocks; a look at ten thousand files takes some 50 ms.
    pub(super) fn take_over(self, project: &Project) -> io::Result<()> {
        if !self.drops {
            return Ok(());
        }
        let root = project.directory().try_clone()?;
        let metadata = root.dir_metadata()?;
        if metadata.uid() != self.uid || metadata.gid() != self.gid {
            // The folder is open for finding things in it alone, which is not enough for `fchown`.
            let flags = AtFlags::EMPTY_PATH | AtFlags::SYMLINK_NOFOLLOW;
            chownat(&root, c"", Some(self.uid()), Some(self.gid()), flags)?;
        }
        self.take_over_below(&root, metadata.dev(), DEPTH_MAX)
    }

    fn take_over_below(self, folder: &Dir, device: u64, depth: usize) -> io::Result<()> {
        for entry in folder.entries()? {
            let entry = entry?;
            // What is gone meanwhile needs no owner.
            let Ok(metadata) = entry.metadata() else { continue };
            let elsewhere = metadata.dev() != device || (!metadata.is_dir() && metadata.nlink() > 1);
            if elsewhere {
                continue;
            }
            if metadata.uid() != self.uid || metadata.gid() != self.gid {
                let name = entry.file_name();
                let flags = AtFlags::SYMLINK_NOFOLLOW;
                match chownat(folder, name, Some(self.uid()), Some(self.gid()), flags) {
                    Ok(()) | Err(rustix::io::Errno::NOENT) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if metadata.is_dir()
                && depth > 0
                && let Ok(below) = entry.open_dir()
            {
                self.take_over_below(&below, device, depth - 1)?;
            }
        }
        Ok(())
    }
}

/// The account that has a number, as far as the host's own list says.
fn owner_of(uid: u32) -> Option<String> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{super::config::UNOWNED, *};
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn the_number_of_an_account_is_refused() {
        assert_eq!(owner_of(0).as_deref(), Some("root"));
        assert_eq!(owner_of(UNOWNED), None);
        if geteuid().is_root() {
            assert!(Account::choose(0).is_err());
        }
    }

    #[test]
    fn a_link_and_a_second_name_are_not_given_away() {
        if !geteuid().is_root() {
            // There is nothing to give away then, which is the whole behaviour.
            let account = Account::choose(UNOWNED).expect("is its own");
            assert!(!account.drops);
            return;
        }
        let outside = tempfile::tempdir().expect("a folder");
        let inside = tempfile::tempdir().expect("a folder");
        let at = |name: &str| inside.path().join(name);
        let secret = outside.path().join("secret");
        fs::write(&secret, "canary").expect("writes");
        std::os::unix::fs::symlink(&secret, at("link")).expect("links");
        std::os::unix::fs::symlink(outside.path(), at("folder-link")).expect("links");
        fs::hard_link(&secret, at("second-name")).expect("links");
        fs::create_dir_all(at("a/b")).expect("creates");
        fs::write(at("a/b/file"), "").expect("writes");
        let account = Account::choose(UNOWNED).expect("is free");
        account.take_over(&Project::open(inside.path()).expect("opens")).expect("gives");
        let uid = |path: &std::path::Path| fs::symlink_metadata(path).expect("is there").uid();
        assert_eq!([uid(&secret), uid(outside.path()), uid(&at("second-name"))], [0; 3]);
        assert_eq!([uid(inside.path()), uid(&at("a/b/file")), uid(&at("link"))], [UNOWNED; 3]);
    }
}
