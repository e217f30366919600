//! What a server takes when there is nothing to do: processor time, and how often one of its threads wakes up.
//!
//! Both are what Linux counted for all threads of the process over some seconds, well after its start. A thread that
//! ends in between takes its figures along, which makes this a little too low where threads come and go; an idle
//! program has none of those.

use crate::{
    figure::{Aim, Amount, Figure},
    folder, program,
    startup::{Running, bare, orchestrator, start},
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Left to a server after its start: the first look at everything, threads that end.
const SETTLE: Duration = Duration::from_secs(3);
const WATCHED: Duration = Duration::from_secs(20);

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(measure_servers).await?
}

fn measure_servers() -> Result<Vec<Figure>> {
    let program = program::build()?;
    let data = folder::new()?;
    let (_, orchestrator) = start(|address| Ok(orchestrator(&program, &data, address)))?;
    let (_, bare) = start(bare)?;
    std::thread::sleep(SETTLE);
    let before = [Usage::of(&orchestrator)?, Usage::of(&bare)?];
    let begin = Instant::now();
    std::thread::sleep(WATCHED);
    let after = [Usage::of(&orchestrator)?, Usage::of(&bare)?];
    let elapsed = begin.elapsed().as_secs_f64();
    let rate = |count: fn(&Usage) -> f64| {
        let [measured, reference] = [0, 1].map(|side| (count(&after[side]) - count(&before[side])) / elapsed);
        (measured, reference)
    };
    let (share, bare_share) = rate(|usage| usage.seconds);
    let (wakes, bare_wakes) = rate(|usage| usage.wakes);
    let against = || "axum alone, idle as well".to_owned();
    Ok(vec![
        Figure {
            what: "idle server, share of one core".into(),
            measured: Amount::Share(share),
            against: against(),
            reference: Amount::Share(bare_share),
            aim: Aim::AtMost(Amount::Share(0.001)),
        },
        Figure {
            what: "idle server, threads that wake up".into(),
            measured: Amount::PerSecond(wakes),
            against: against(),
            reference: Amount::PerSecond(bare_wakes),
            aim: Aim::AtMost(Amount::PerSecond(10.0)),
        },
    ])
}

/// What a process has used since its start.
struct Usage {
    /// Of processor time.
    seconds: f64,
    /// Waits that a thread entered by itself, each of which ends with it waking up.
    wakes: f64,
}

impl Usage {
    fn of(process: &Running) -> Result<Self> {
        let tasks = format!("/proc/{}/task", process.0.id());
        let mut usage = Self { seconds: 0.0, wakes: 0.0 };
        for task in fs::read_dir(&tasks).with_context(|| format!("reading {tasks}; needs Linux"))? {
            let task = task?.path();
            // A thread that ended since it was listed.
            let Ok((seconds, wakes)) = of_thread(&task) else { continue };
            usage.seconds += seconds;
            usage.wakes += wakes;
        }
        Ok(usage)
    }
}

fn of_thread(task: &Path) -> Result<(f64, f64)> {
    let schedule = fs::read_to_string(task.join("schedstat"))?;
    let nanoseconds: f64 = schedule.split(' ').next().unwrap_or_default().parse()?;
    let status = fs::read_to_string(task.join("status"))?;
    let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    Ok((nanoseconds / 1e9, switches.context("Linux does not say how often it waited")?.trim().parse()?))
}
