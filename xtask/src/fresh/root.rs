//! Bare roots: what `debootstrap` makes, once, and copies of it to spoil.
//!
//! Mirrors, proxies and authorities are the machine's own, read from apt and from where Debian keeps certificates: a root
//! that could reach less than the machine around it would prove nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::process::{output, run, say};

/// The release that the README speaks of.
pub(super) const RELEASE: &str = "bookworm";

/// Files of the machine around that say how to reach its network.
const NETWORK: [&str; 3] = ["/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"];

/// Authorities that somebody added; Debian's own tool makes the list above of them.
const AUTHORITIES: &str = "/usr/local/share/ca-certificates";

/// The folder that bare roots are made in.
pub(super) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Makes the first root if there is none yet.
    pub(super) fn open(layout: &Layout) -> Result<Self> {
        let folder = layout.cache.join("fresh");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let workshop = Self { folder };
        if !workshop.base().exists() {
            workshop.bootstrap()?;
        }
        Ok(workshop)
    }

    /// The packages that roots have fetched, for the next ones.
    pub(super) fn archives(&self) -> Result<PathBuf> {
        let folder = self.folder.join("archives");
        fs::create_dir_all(folder.join("partial"))?;
        Ok(folder)
    }

    /// A new copy, with a home beside it. The one before is removed first.
    pub(super) fn copy(&self) -> Result<Bare> {
        let bare = Bare { root: self.folder.join("root"), home: self.folder.join("home") };
        bare.remove()?;
        run(Command::new("cp").arg("--archive").arg(self.base()).arg(&bare.root))?;
        fs::create_dir(&bare.home)?;
        for file in NETWORK.map(Path::new).into_iter().filter(|file| file.exists()) {
            let place = bare.inside(file)?;
            fs::create_dir_all(place.parent().context("a file lies in a folder")?)?;
            fs::copy(file, &place).with_context(|| format!("{} cannot be copied", file.display()))?;
        }
        if Path::new(AUTHORITIES).is_dir() {
            let place = bare.inside(Path::new(AUTHORITIES))?;
            fs::create_dir_all(place.parent().context("a folder lies in a folder")?)?;
            run(Command::new("cp").args(["--recursive", AUTHORITIES]).arg(&place))?;
        }
        let sources = sources();
        if !sources.is_empty() {
            fs::write(bare.root.join("etc/apt/sources.list"), sources)?;
        }
        fs::write(bare.root.join("etc/apt/apt.conf.d/90machine"), proxies())?;
        Ok(bare)
    }

    fn base(&self) -> PathBuf {
        self.folder.join(RELEASE)
    }

    /// In a mount namespace of its own as well: debootstrap mounts, and may be interrupted.
    fn bootstrap(&self) -> Result<()> {
        say(format!("debootstrap --variant=minbase {RELEASE}, once: a minute"));
        let arriving = self.folder.join("arriving");
        remove(&arriving)?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "--", "debootstrap"]);
        command.args(["--variant=minbase", "--include=make", RELEASE]).arg(&arriving);
        command.args(mirror());
        output(&mut command).context("there is no bare root to try anything in")?;
        fs::rename(&arriving, self.base())?;
        Ok(())
    }
}

/// One copy.
pub(super) struct Bare {
    pub(super) root: PathBuf,
    pub(super) home: PathBuf,
}

impl Bare {
    /// Takes it away again.
    pub(super) fn remove(&self) -> Result<()> {
        remove(&self.root)?;
        remove(&self.home)
    }

    fn inside(&self, path: &Path) -> Result<PathBuf> {
        Ok(self.root.join(path.strip_prefix("/")?))
    }
}

/// Removes a tree, unless something is mounted in it: that would be removed along.
fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").context("mounts cannot be looked up")?;
    if let Some(mount) = mounted_in(&mounts, folder) {
        bail!("{mount} is still mounted; `umount` it, then try again");
    }
    run(Command::new("rm").args(["--recursive", "--force", "--one-file-system"]).arg(folder))
}

/// The first mount at or below a folder, by what the kernel lists.
fn mounted_in<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    points.into_iter().find(|point| Path::new(point).starts_with(folder))
}

/// What apt's sources here say of the release, as lines for another `sources.list`.
fn sources() -> String {
    let format = "$(RELEASE) $(COMPONENT) $(REPO_URI)";
    let mut query = Command::new("apt-get");
    query.args(["indextargets", "--format", format, "Created-By: Packages"]);
    lines_of(&output(&mut query).unwrap_or_default())
}

fn lines_of(targets: &str) -> String {
    let mut lines = Vec::new();
    for target in targets.lines() {
        let [suite, component, uri] = target.split(' ').collect::<Vec<_>>()[..] else { continue };
        let line = format!("deb {uri} {suite} {component}\n");
        if suite.starts_with(RELEASE) && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

/// The mirror of the release itself, if apt knows one; debootstrap knows one otherwise.
fn mirror() -> Option<String> {
    let suite = format!(" {RELEASE} main");
    sources().lines().find_map(|line| Some(line.strip_suffix(&suite)?.strip_prefix("deb ")?.to_owned()))
}

/// How apt here gets out.
fn proxies() -> String {
    let dump = output(Command::new("apt-config").arg("dump")).unwrap_or_default();
    let matters = |line: &&str| line.contains("Proxy") || line.contains("CaInfo");
    dump.lines().filter(matters).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_release_s_own_sources_are_taken_along() {
        let targets = "bookworm main mirror://a/\nbookworm main mirror://a/\nbookworm-security main mirror://s/\n\
                       nodistro main mirror://node/\nodd\n";
        assert_eq!(
            lines_of(targets),
            "deb mirror://a/ bookworm main\ndeb mirror://s/ bookworm-security main\n"
        );
    }

    #[test]
    fn a_mount_that_was_left_is_seen_and_a_neighbour_is_not() {
        let mounts =
            "22 1 8:1 / / rw - ext4 /dev/a rw\n30 22 8:1 /t /cache/fresh/root/target rw - ext4 /dev/a rw\n";
        assert_eq!(mounted_in(mounts, Path::new("/cache/fresh/root")), Some("/cache/fresh/root/target"));
        assert_eq!(mounted_in(mounts, Path::new("/cache/fresh/roo")), None);
    }
}
