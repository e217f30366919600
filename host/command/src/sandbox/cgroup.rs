//! Limits of a whole tree of processes, where the system lets this process set them.
//!
//! Limits of single processes do not add up: a hundred processes with two gibibytes each are not two gibibytes. Only
//! a cgroup counts them together. Root can make one almost everywhere; others where the system's manager gave them a
//! part of the hierarchy (`Delegate=yes` in a systemd unit). Where it cannot be had, `/health` says so and the other
//! limits stay.
//!
//! A program that is killed leaves its folders, and perhaps a process that was just being started. Each folder is locked
//! as long as its program lives, so the next one tells those that are left from those that are in use, ends what is in
//! them and removes them.
//!
//! Both versions are served. In version 1 each kind of limit is a hierarchy of its own; in version 2 there is one,
//! whose kinds of limits have to be handed down by the folder above.

use super::report::CgroupReport;
use crate::CommandLimits;
use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock, open},
    process::{Pid, Signal, kill_process},
};
use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

const ROOT: &str = "/sys/fs/cgroup";
/// How often, and with what pause, a folder that still counts an ended process is tried again.
const REMOVALS: (u32, Duration) = (100, Duration::from_millis(2));
/// What the names of the folders begin with.
const PREFIX: &str = "orchestrator-";

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
    if open_procs(&folder.path).is_ok() { kinds } else { Vec::new() }
}

fn set(folder: &Path, kind: Kind, limits: &CommandLimits) -> io::Result<()> {
    let (files, limit) = kind.files(limits);
    let file = files.iter().map(|file| folder.join(file)).find(|file| file.exists());
    let file = file.ok_or(io::ErrorKind::NotFound)?;
    fs::write(file, limit)
}

/// Removes the folders in `base` whose programs are gone, and ends what still is in them.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok()) && lock(&entry.path()).is_ok() {
            end_processes(&entry.path());
            remove(&entry.path());
        }
    }
}

/// Kills what is in a cgroup, until nothing is: it may be starting more.
fn end_processes(folder: &Path) {
    let (times, pause) = REMOVALS;
    for _ in 0..times {
        let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
        // Processes that cannot be seen from here have the number 0.
        let processes = text.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?));
        let mut found = false;
        for process in processes {
            found = true;
            if let Err(error) = kill_process(process, Signal::KILL) {
                tracing::warn!(folder = %folder.display(), %error, "a process that was left cannot be ended");
                return;
            }
        }
        if !found {
            return;
        }
        std::thread::sleep(pause);
    }
}

/// Locks a folder, unless another program has it.
fn lock(folder: &Path) -> io::Result<OwnedFd> {
    let opened = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    flock(&opened, FlockOperation::NonBlockingLockExclusive)?;
    Ok(opened)
}

/// A folder that is a cgroup. Dropping it ends what is in it and removes it, and blocks until the last process has been
/// forgotten.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    _lock: OwnedFd,
}

impl Folder {
    fn make(base: &Path) -> io::Result<Self> {
        // Another program that begins may take a folder for one that was left, as long as it is not locked.
        let mut tries = 3;
        loop {
            let path = base.join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
            fs::create_dir(&path)?;
            tries -= 1;
            match lock(&path) {
                Ok(lock) if path.exists() => return Ok(Self { path, _lock: lock }),
                Err(error) if tries == 0 => {
                    remove(&path);
                    return Err(error);
                }
                _ if tries == 0 => return Err(io::ErrorKind::NotFound.into()),
                _ => {}
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        end_processes(&self.path);
        remove(&self.path);
    }
}

fn open_procs(folder: &Path) -> io::Result<OwnedFd> {
    Ok(open(folder.join("cgroup.procs"), OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?)
}

fn remove(folder: &Path) {
    let (times, pause) = REMOVALS;
    for _ in 0..times {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => std::thread::sleep(pause),
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "a cgroup could not be removed");
                return;
            }
        }
    }
    tracing::warn!(folder = %folder.display(), "a cgroup could not be removed: it is still in use");
}

/// The cgroups of one command, one for each hierarchy. Dropping it removes them.
#[derive(Debug)]
pub(super) struct Cgroup {
    folders: Vec<Folder>,
}

impl Cgroup {
    /// The files into which a process writes itself.
    pub(super) fn entrances(&self) -> io::Result<Vec<OwnedFd>> {
        self.folders.iter().map(|folder| open_procs(&folder.path)).collect()
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
mod tests {
    use super::*;

    #[test]
    fn both_versions_say_where_a_process_is() {
        let places = |own: &str| -> Vec<_> {
            candidates(own).into_iter().map(|(place, kinds)| (place, kinds.len())).collect()
        };
        let second = places("0::/system.slice/server.service\n");
        assert_eq!(second[0], ("/sys/fs/cgroup/system.slice/server.service".into(), 3));
        assert_eq!(second[1], ("/sys/fs/cgroup/system.slice".into(), 3));
        let first = places("4:memory:/no/such\n3:cpu,cpuacct:/\n2:freezer:/\n");
        assert_eq!(first, [("/sys/fs/cgroup/memory".into(), 1), ("/sys/fs/cgroup/cpu/".into(), 1)]);
        assert!(places("nonsense").is_empty());
    }

    #[test]
    fn folders_of_dead_programs_are_removed_and_those_in_use_stay() -> io::Result<()> {
        // Locks and removal are the file system's, of whichever kind.
        let base = tempfile::tempdir()?;
        let in_use = Folder::make(base.path())?;
        let left = base.path().join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
        let others = base.path().join("orchestrator-of-somebody-else");
        fs::create_dir(&left)?;
        fs::create_dir(&others)?;
        sweep(base.path());
        assert!(in_use.path.exists() && others.exists() && !left.exists());
        let path = in_use.path.clone();
        drop(in_use);
        assert!(!path.exists());
        Ok(())
    }

    #[test]
    fn a_process_that_a_dead_program_left_in_its_cgroup_is_ended() -> io::Result<()> {
        use std::os::unix::process::ExitStatusExt as _;
        let cgroups = Cgroups::find();
        let Some((base, _)) = cgroups.bases.first() else {
            println!("LEFT OUT: no cgroup can be made here");
            return Ok(());
        };
        let left = base.join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
        fs::create_dir(&left)?;
        let mut process = std::process::Command::new("sleep").arg("600").spawn()?;
        fs::write(left.join("cgroup.procs"), process.id().to_string())?;
        // Reaped on the side, as the first process of a machine does with those whose parents died.
        let reaper = std::thread::spawn(move || process.wait());
        sweep(base);
        let status = reaper.join().map_err(|_| io::ErrorKind::Other)??;
        assert_eq!(status.signal(), Some(9));
        assert!(!left.exists());
        Ok(())
    }
}
