//! Looks through `/proc` for the processes that came of one program.
//!
//! A look costs about ten microseconds per process of the machine. Reading is not atomic: who forks and exits fast
//! enough can slip through one look, which is why nobody relies on a single one.

use super::environment::MARK;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::{collections::HashSet, fs};

/// What the members of a tree are recognized by.
#[derive(Debug)]
pub(super) struct Search {
    leader: Pid,
    /// The mark as it stands in an environment block.
    mark: Vec<u8>,
    /// When the leader started, in clock ticks; whatever is older cannot have come of it.
    since: u64,
}

/// What `/proc/<pid>/stat` says.
struct Stat {
    pid: i32,
    zombie: bool,
    parent: i32,
    group: i32,
    session: i32,
    start: u64,
}

impl Search {
    pub(super) fn new(leader: Pid, mark: &str) -> Self {
        let since = read_stat(leader.as_raw_pid()).map_or(0, |stat| stat.start);
        Self { leader, mark: format!("{MARK}={mark}").into_bytes(), since }
    }

    /// Signals every living member outside the leader's group, which is signalled as a whole: a request that comes
    /// twice is an order to many programs. Returns how many members live, those of the group included.
    pub(super) fn signal(&self, signal: Signal) -> usize {
        let members = self.members();
        for member in members.iter().filter(|member| member.group != self.leader.as_raw_pid()) {
            // One that is gone meanwhile needs no signal.
            let _ = send(member, signal);
        }
        members.len()
    }

    fn members(&self) -> Vec<Stat> {
        let all: Vec<_> = processes().filter(|stat| stat.start >= self.since).collect();
        let leader = self.leader.as_raw_pid();
        let mut members: HashSet<i32> = all
            .iter()
            .filter(|stat| stat.pid == leader || stat.group == leader || stat.session == leader)
            .map(|stat| stat.pid)
            .collect();
        members
            .extend(all.iter().filter(|stat| !stat.zombie && self.is_marked(stat.pid)).map(|stat| stat.pid));
        add_children(&all, &mut members);
        all.into_iter().filter(|stat| !stat.zombie && members.contains(&stat.pid)).collect()
    }

    fn is_marked(&self, pid: i32) -> bool {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == self.mark)
    }
}

/// What came of a process and still descends from it, without itself.
pub(crate) fn descendants(pid: i32) -> Vec<i32> {
    let all: Vec<_> = processes().collect();
    let mut members = HashSet::from([pid]);
    add_children(&all, &mut members);
    members.remove(&pid);
    members.into_iter().collect()
}

/// Adds the children of members, and theirs, until there are no more.
fn add_children(all: &[Stat], members: &mut HashSet<i32>) {
    loop {
        let children: Vec<_> = all
            .iter()
            .filter(|stat| members.contains(&stat.parent) && !members.contains(&stat.pid))
            .map(|stat| stat.pid)
            .collect();
        if children.is_empty() {
            break;
        }
        members.extend(children);
    }
}

fn send(member: &Stat, signal: Signal) -> rustix::io::Result<()> {
    let Some(pid) = Pid::from_raw(member.pid) else { return Ok(()) };
    let handle = pidfd_open(pid, PidfdFlags::empty())?;
    if read_stat(member.pid).is_some_and(|now| now.start == member.start) {
        pidfd_send_signal(handle, signal)?;
    }
    Ok(())
}

fn processes() -> impl Iterator<Item = Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    let own = i32::try_from(std::process::id()).ok();
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(move |pid| Some(*pid) != own)
        .filter_map(read_stat)
}

fn read_stat(pid: i32) -> Option<Stat> {
    parse_stat(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(pid: i32, text: &str) -> Option<Stat> {
    // The name stands in parentheses and may contain anything, parentheses included.
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<_> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<i32>().ok();
    Some(Stat {
        pid,
        zombie: matches!(fields.first(), Some(&("Z" | "X"))),
        parent: number(1)?,
        group: number(2)?,
        session: number(3)?,
        start: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_the_fields_behind_it() {
        let line = "42 (a) S 1 1 1) S 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 12345 0";
        let stat = parse_stat(42, line).expect("parses");
        assert_eq!((stat.parent, stat.group, stat.session, stat.start), (7, 8, 9, 12345));
        assert!(parse_stat(42, "42 (x) S 7").is_none());
    }
}
