//! How many files the program may have open, and how many runs that is enough for.
//!
//! The limit that shells hand on is often 1024, which would end the program near two hundred runs although the system
//! allows more. So it is raised to what the system allows, and where that is not enough for the runs that may be under
//! way, fewer of them are: a request that is refused is better than a run that dies for want of a file.

use crate::settings::{Settings, Source};
use orchestrator::Config;

/// What a run that waits has open: its project's folder, the same once more for the plugin, the connection to the model,
/// and the one of the client at its stream.
const PER_RUN: u64 = 4;
/// What else is open: the journal, plugins, listeners, other requests, and the pipes of commands at work.
const BESIDE_RUNS: u64 = 256;

/// Raises the limit to what the system allows this user, and has no more runs than it is enough for, unless the setting
/// says otherwise. Returns what an operator should know.
pub(crate) fn prepare(settings: &Settings, config: &mut Config) -> Option<String> {
    let files = raise_limit()?;
    let room = usize::try_from(runs(files)).unwrap_or(usize::MAX);
    let wanted = config.limits.runs;
    if wanted <= room {
        return None;
    }
    let is_chosen = settings.get("max_runs").is_some_and(|value| value.source != Source::Default);
    if !is_chosen {
        config.limits.runs = room;
    }
    Some(note(files, room, wanted, is_chosen))
}

/// How many runs fit into a limit of files.
fn runs(files: u64) -> u64 {
    (files.saturating_sub(BESIDE_RUNS) / PER_RUN).max(1)
}

fn note(files: u64, room: usize, wanted: usize, is_chosen: bool) -> String {
    let cause =
        format!("this program may open {files} files, which is enough for {room} runs at the same time");
    let way_out = "raise the limit of open files (ulimit -n, LimitNOFILE= of a systemd unit)";
    match is_chosen {
        false => format!("{cause} and not for {wanted}; more are refused with 429. To have more, {way_out}"),
        true => {
            format!("{cause}, and max_runs is {wanted}: beyond {room}, runs may fail. Lower it, or {way_out}")
        }
    }
}

#[cfg(unix)]
fn raise_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(?current, %error, "the limit of open files stays as it is");
        return current;
    }
    maximum
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
fn raise_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_room_for_a_run() {
        assert_eq!((runs(0), runs(256), runs(1024), runs(u64::MAX) > 1_000_000), (1, 1, 192, true));
    }

    #[test]
    fn an_operator_is_told_the_limit_and_the_way_out() {
        insta::assert_snapshot!(note(1024, 192, 4096, false), @"this program may open 1024 files, which is enough for 192 runs at the same time and not for 4096; more are refused with 429. To have more, raise the limit of open files (ulimit -n, LimitNOFILE= of a systemd unit)");
        insta::assert_snapshot!(note(1024, 192, 500, true), @"this program may open 1024 files, which is enough for 192 runs at the same time, and max_runs is 500: beyond 192, runs may fail. Lower it, or raise the limit of open files (ulimit -n, LimitNOFILE= of a systemd unit)");
    }
}
