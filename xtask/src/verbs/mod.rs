//! What each verb does, as the sequence of things that it takes.

mod clients;
mod environment;
mod fuzz;
mod lint;
mod registries;
mod schemathesis;
mod sdk;
mod sources;
mod test;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

pub(crate) use self::clients::clients;
pub(crate) use self::fuzz::fuzz;
pub(crate) use self::lint::lint;
pub(crate) use self::schemathesis::schemathesis;
pub(crate) use self::test::test;
use crate::layout::Layout;
use crate::precompile::{self, Build};
use crate::process::{become_program, run, say};
use crate::{guests, host, left_out, needs, toolchain};

/// The package of the program.
const PROGRAM: [&str; 2] = ["--package", "orchestrator-cli"];

/// The demo's request: the one that the README shows.
const DEMO: &str = "Build a todo app with React";

pub(crate) fn setup(layout: &Layout) -> Result<()> {
    needs::make_sure(needs::EVERYTHING);
    toolchain(layout)
}

pub(crate) fn toolchain(layout: &Layout) -> Result<()> {
    let found = toolchain::find_or_make(layout)?;
    say(format!("{}: {}", toolchain::TARGET, found.origin));
    say(format!(
        "by hand: {} build --release --target {} --target-dir {}",
        found.by_hand(),
        toolchain::TARGET,
        layout.guest_target().display()
    ));
    Ok(())
}

pub(crate) fn plugins(layout: &Layout, force: bool) -> Result<()> {
    components(layout, force)?;
    precompile::plugins(layout, Build::Development)
}

/// The plugins as components only, which is enough to have the program checked.
fn components(layout: &Layout, force: bool) -> Result<()> {
    guests::build_plugins(layout, &toolchain::find_or_make(layout)?, force)
}

pub(crate) fn test_guests(layout: &Layout, force: bool) -> Result<()> {
    needs::make_sure(needs::TEST_GUESTS);
    let left_out = guests::build_test_guests(layout, &toolchain::find_or_make(layout)?, force)?;
    left_out::report(&left_out)
}

pub(crate) fn build(layout: &Layout) -> Result<()> {
    components(layout, false)?;
    precompile::plugins(layout, Build::Release)?;
    say("building the release program");
    run(host::cargo(layout).args(["build", "--release"]).args(PROGRAM))?;
    say(format!("built {}", host::hand_over(layout)?.display()));
    Ok(())
}

/// From nothing each time, in a folder that `make clean` takes along: a demo that resumed an earlier one's run would
/// show something else the second time.
pub(crate) fn demo(layout: &Layout) -> Result<()> {
    needs::make_sure(needs::PROGRAM);
    build_for_development(layout)?;
    let data = layout.target.join("demo");
    if data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("{} cannot be emptied", data.display()))?;
    }
    say(format!("orchestrator run {DEMO:?} --model scripted"));
    let mut program = host::program(layout, "debug");
    program.args(["run", DEMO, "--model", "scripted", "--data-dir"]).arg(&data);
    become_program(&mut program)
}

pub(crate) fn serve(layout: &Layout, args: &[String]) -> Result<()> {
    needs::make_sure(needs::PROGRAM);
    build_for_development(layout)?;
    become_program(host::program(layout, "debug").arg("serve").args(args))
}

pub(crate) fn bench(layout: &Layout, args: &[String]) -> Result<()> {
    needs::make_sure(needs::BENCHES);
    let toolchain = toolchain::find_or_make(layout)?;
    guests::build_plugins(layout, &toolchain, false)?;
    precompile::plugins(layout, Build::Benchmarks)?;
    let left_out = guests::build_test_guests(layout, &toolchain, false)?;
    run(host::cargo(layout)
        .args(["bench", "--package", "orchestrator-bench"])
        .args(args)
        .env(left_out::TESTS_ARE_TOLD_BY, left_out::names(&left_out)))?;
    left_out::report(&left_out)
}

/// The runner is an example of the engine's crate: in process, and without a line of it in this program.
pub(crate) fn suites(layout: &Layout, folder: &Path) -> Result<()> {
    run(host::cargo(layout)
        .args(["run", "--quiet", "--package", "orchestrator-patch", "--example", "suites", "--"])
        .arg(folder))
}

fn build_for_development(layout: &Layout) -> Result<()> {
    plugins(layout, false)?;
    say("building the program");
    // The whole workspace chooses the features of dependencies, as it does for the tests: of the program's package
    // alone other ones would follow. The example has the tests' own dependencies counted as well; without it the tests
    // would compile the engine a second time.
    run(host::cargo(layout).args(["build", "--workspace", "--bin", "orchestrator", "--example", "carried"]))
}
