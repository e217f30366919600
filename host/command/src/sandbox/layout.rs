//! What of the host's files programs see, found out once.
//!
//! Distributions differ in whether `/bin` and `/lib` are folders or links into `/usr`; both are shown as they are.
//! Toolchains that live elsewhere are named by the operator. They must be folders that every user may look into: the
//! user of a sandbox is every user.

use super::SandboxError;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Sets limits of a process that starts; part of util-linux.
pub(super) const PRLIMIT: &str = "/usr/bin/prlimit";
/// Where programs are looked up inside, before the toolchains' own folders.
const SEARCHED: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];
/// Top folders that are either links into `/usr` or folders.
const MERGED: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// Folders that toolchains cannot be, nor lie above: they hold what is to be hidden, or the sandbox has its own.
const RESERVED: [&str; 12] =
    ["/", "/bin", "/boot", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/tmp", "/var"];

/// What of the host's files programs see.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Top folders, each with what it links to, or bound when it is a folder of its own.
    pub(super) merged: Vec<(String, Option<String>)>,
    /// Further folders with programs.
    pub(super) toolchains: Vec<PathBuf>,
}

impl Layout {
    /// Looks at the host's files and checks the toolchains.
    pub(super) fn of_host(toolchains: &[PathBuf]) -> Result<Self, SandboxError> {
        let merged = MERGED.iter().filter_map(|folder| {
            let metadata = fs::symlink_metadata(folder).ok()?;
            let target = match metadata.is_symlink() {
                true => Some(fs::read_link(folder).ok()?.to_str()?.to_owned()),
                false => None,
            };
            Some(((*folder).to_owned(), target))
        });
        let toolchains = toolchains.iter().map(|folder| check(folder)).collect::<Result<_, _>>()?;
        Ok(Self { merged: merged.collect(), toolchains })
    }

    /// The folders in which programs are looked up, inside and outside alike.
    pub(super) fn search_path(&self) -> Vec<PathBuf> {
        let own = self.toolchains.iter().map(|folder| {
            let bin = folder.join("bin");
            if bin.is_dir() { bin } else { folder.clone() }
        });
        SEARCHED.iter().map(PathBuf::from).chain(own).collect()
    }
}

fn check(folder: &Path) -> Result<PathBuf, SandboxError> {
    let unusable = |problem: String| SandboxError::Toolchain { folder: folder.to_owned(), problem };
    if !folder.is_absolute() {
        return Err(unusable("it is not an absolute path".into()));
    }
    let real = folder.canonicalize().map_err(|error| unusable(error.to_string()))?;
    if RESERVED.iter().any(|reserved| real == Path::new(reserved)) || Path::new("/usr").starts_with(&real) {
        return Err(unusable("a folder of the system cannot be one; name the toolchain's own".into()));
    }
    for ancestor in real.ancestors() {
        let mode = fs::metadata(ancestor).map_err(|error| unusable(error.to_string()))?.permissions().mode();
        if mode & 0o001 == 0 {
            return Err(unusable(format!(
                "other users may not enter {}; move the toolchain to a place such as /opt",
                ancestor.display()
            )));
        }
    }
    match real.is_dir() {
        true => Ok(real),
        false => Err(unusable("it is not a folder".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(folder: &Path) -> String {
        Layout::of_host(&[folder.to_owned()]).map(drop).expect_err("is refused").to_string()
    }

    #[test]
    fn a_toolchain_that_others_cannot_enter_is_refused_with_the_way_out() {
        let private = tempfile::tempdir().expect("a folder");
        let inside = private.path().join("rust");
        fs::create_dir(&inside).expect("creates");
        fs::set_permissions(private.path(), fs::Permissions::from_mode(0o700)).expect("sets");
        assert!(refused(&inside).contains("may not enter"));
        fs::set_permissions(private.path(), fs::Permissions::from_mode(0o711)).expect("sets");
        let layout = Layout::of_host(std::slice::from_ref(&inside)).expect("is fine now");
        assert_eq!(layout.search_path().last(), Some(&inside.canonicalize().expect("is there")));
    }

    #[test]
    fn what_is_to_be_hidden_cannot_be_a_toolchain() {
        for folder in ["/", "/etc", "/root", "/tmp", "/usr", "relative", "/no/such/folder"] {
            refused(Path::new(folder));
        }
    }
}
