//! Limits of a whole tree of processes, where the system lets this process set them.
//!
//! Limits of single processes do not add up: a hundred processes with two gibibytes each are not two gibibytes. Only
//! a cgroup counts them together. Root can make one almost everywhere; others where the system's manager gave them a
//! part of the hierarchy (`Delegate=yes` in a systemd unit). Where it cannot be had, `/health` says so and the other
//! limits stay.
//!
//! Both versions are served. In version 1 each kind of limit is a hierarchy of its own; in version 2 there is one,
//! whose kinds of limits have to be handed down by the folder above.

mod folder;

use super::report::CgroupReport;
use crate::CommandLimits;
use folder::{Folder, sweep};
use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

const ROOT: &str = "/sys/fs/cgroup";
/// Where cgroups can be made.
#[derive(Debug, Clone, Default)]
pub(super) struct Cgroups {
    /// A folder and the kinds of limits that folders in it have.
    bases: Vec<(PathBuf, Vec<Kind>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pids,
    Memory,
    Cpu,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Pids, Self::Memory, Self::Cpu];

    /// Its name, in both versions.
    fn name(self) -> &'static str {
        match self {
            Self::Pids => "pids",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
        }
    }

    /// The files that take the limit, by their names in one version or the other, and the limit itself.
    fn files(self, limits: &CommandLimits) -> ([&'static str; 2], String) {
        match self {
            Self::Pids => (["pids.max", "pids.max"], limits.processes.to_string()),
            Self::Memory => (["memory.max", "memory.limit_in_bytes"], limits.tree_memory.to_string()),
            // Half of what others get when there is not enough for all: the server goes on answering.
            Self::Cpu if Path::new(ROOT).join("cgroup.controllers").exists() => {
                (["cpu.weight", "cpu.weight"], "50".to_owned())
            }
            Self::Cpu => (["cpu.shares", "cpu.shares"], "512".to_owned()),
        }
    }
}

impl Cgroups {
    /// Tries where cgroups can be made.
    pub(super) fn find() -> Self {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mut cgroups = Self::default();
        for (base, wanted) in candidates(&own) {
            let taken: Vec<_> = cgroups.bases.iter().flat_map(|(_, kinds)| kinds.clone()).collect();
            let wanted: Vec<_> = wanted.into_iter().filter(|kind| !taken.contains(kind)).collect();
            let kinds = try_out(&base, &wanted);
            if !kinds.is_empty() {
                sweep(&base);
                cgroups.bases.push((base, kinds));
            }
        }
        cgroups
    }

    pub(super) fn report(&self) -> CgroupReport {
        let has = |kind| self.bases.iter().any(|(_, kinds)| kinds.contains(&kind));
        CgroupReport { pids: has(Kind::Pids), memory: has(Kind::Memory), cpu: has(Kind::Cpu) }
    }

    /// Makes one for one command; none where there are none to be had.
    pub(super) fn make(&self, limits: &CommandLimits) -> io::Result<Option<Cgroup>> {
        if self.bases.is_empty() {
            return Ok(None);
        }
        let mut cgroup = Cgroup { folders: Vec::new() };
        for (base, kinds) in &self.bases {
            let folder = Folder::make(base)?;
            kinds.iter().try_for_each(|kind| set(&folder.path, *kind, limits))?;
            cgroup.folders.push(folder);
        }
        Ok(Some(cgroup))
    }
}

/// The folders in which cgroups might be made, best first, each with the kinds of limits to look for.
fn candidates(own: &str) -> Vec<(PathBuf, Vec<Kind>)> {
    let mut candidates = Vec::new();
    for line in own.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let path = path.trim_start_matches('/');
        let names: Vec<_> = controllers.split(',').collect();
        if controllers.is_empty() {
            let own = Path::new(ROOT).join(path);
            let above = own.parent().filter(|above| above.starts_with(ROOT)).map(Path::to_owned);
            let places = [Some(own), above, Some(PathBuf::from(ROOT))];
            candidates.extend(places.into_iter().flatten().map(|place| (place, Kind::ALL.to_vec())));
            continue;
        }
        for kind in Kind::ALL.into_iter().filter(|kind| names.contains(&kind.name())) {
            let hierarchy = Path::new(ROOT).join(kind.name());
            // In a container the path may be the host's, which is not there.
            let place = Some(hierarchy.join(path)).filter(|place| place.is_dir()).unwrap_or(hierarchy);
            candidates.push((place, vec![kind]));
        }
    }
    candidates
}

/// Which kinds of limits a folder made in `base` has and takes.
fn try_out(base: &Path, wanted: &[Kind]) -> Vec<Kind> {
    for kind in wanted {
        // Only version 2 has the file, and it refuses what the folder has no right to hand down.
        let down = base.join("cgroup.subtree_control");
        if down.exists() {
            let _ = fs::write(down, format!("+{}", kind.name()));
        }
    }
    let Ok(folder) = Folder::make(base) else { return Vec::new() };
    let limits = CommandLimits::default();
    let kinds = wanted.iter().copied().filter(|kind| set(&folder.path, *kind, &limits).is_ok()).collect();
    if folder.entrance().is_ok() { kinds } else { Vec::new() }
}

fn set(folder: &Path, kind: Kind, limits: &CommandLimits) -> io::Result<()> {
    let (files, limit) = kind.files(limits);
    let file = files.iter().map(|file| folder.join(file)).find(|file| file.exists());
    let file = file.ok_or(io::ErrorKind::NotFound)?;
    fs::write(file, limit)
}

/// The cgroups of one command, one for each hierarchy. Dropping it removes them.
#[derive(Debug)]
pub(super) struct Cgroup {
    folders: Vec<Folder>,
}

impl Cgroup {
    /// The files into which a process writes itself.
    pub(super) fn entrances(&self) -> io::Result<Vec<OwnedFd>> {
        self.folders.iter().map(Folder::entrance).collect()
    }

    /// Whether the kernel ended a process in it because there was no memory left for it.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        let files = ["memory.events", "memory.oom_control"];
        let texts = self.folders.iter().flat_map(|folder| files.map(|file| folder.path.join(file)));
        texts.filter_map(|file| fs::read_to_string(file).ok()).any(|text| {
            let kills = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
            kills.is_some_and(|kills| kills.trim() != "0")
        })
    }
}

#[cfg(test)]
mod tests;
