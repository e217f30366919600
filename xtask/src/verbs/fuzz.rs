//! Fuzzing for a bounded time: each target starts from the seeds and the corpus that are checked in and from what earlier
//! runs on this machine found, and must not crash.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::process::{output, run, say};
use crate::{host, needs, tools};

/// Most memory of one input, in MiB: what a parser of text needs, and nothing near what a runaway takes.
const MEMORY_MIB: u32 = 1024;

/// Runs every target for `seconds`, one after the other.
pub(crate) fn fuzz(layout: &Layout, seconds: u32) -> Result<()> {
    needs::make_sure(needs::FUZZERS);
    let program = tools::FUZZ.find_or_install(layout)?;
    let fuzz = |verb: &str| {
        let mut command = host::cargo_addition(layout, &program, "fuzz");
        command.arg(verb).current_dir(layout.root.join("fuzz"));
        command
    };
    let targets = output(&mut fuzz("list"))?;
    for target in targets.split_whitespace() {
        say(format!("fuzzing {target} for {seconds} s"));
        let fuzzing = &mut within_bounds(fuzz("run"), &layout.target, target, seconds)?;
        let found = layout.root.join("fuzz").join("found").join(target).with_extension("tar.gz");
        unpack(&found, &corpus(&layout.target, target))?;
        run(fuzzing)?;
    }
    Ok(())
}

/// Adds what long runs found before, as it is checked in: many small files, so in one.
fn unpack(archive: &Path, into: &Path) -> Result<()> {
    run(Command::new("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(into))
}

/// What is found on this machine.
fn corpus(build: &Path, target: &str) -> PathBuf {
    build.join("fuzz").join("corpus").join(target)
}

/// What is found goes below the target folder, so that the checkout stays as it was. Without a sanitizer it takes no
/// nightly compiler, and the code under test has no `unsafe` that one could catch.
fn within_bounds(mut fuzz: Command, build: &Path, target: &str, seconds: u32) -> Result<Command> {
    let found = corpus(build, target);
    let crashes = build.join("fuzz").join("crashes").join(target);
    for folder in [&found, &crashes] {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fuzz.args(["--sanitizer", "none", target])
        .arg(&found)
        .arg(Path::new("corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .arg("-print_final_stats=1");
    Ok(fuzz)
}
