//! `cargo xtask <verb>`: the project's chores, in Rust because they run wherever the project builds and nothing else is
//! sure to be there.
//!
//! What makes them necessary: the host embeds guests that are built for another target, by a toolchain that a machine
//! may have to be given first; and the tests call guests in three languages. A person types `make test` and none of
//! this should show. Each verb therefore makes sure of what it needs ([`needs`]) and brings about the rest, in order (`test` includes `plugins`, which includes
//! `toolchain`), does nothing that is already done, and says what it is doing before anything slow.
//!
//! `cargo build` keeps working without any of this once `cargo xtask plugins` has run.

mod fresh;
mod guests;
mod host;
mod layout;
mod left_out;
mod needs;
mod precompile;
mod process;
mod system;
mod toolchain;
mod tools;
mod verbs;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::layout::Layout;

/// The project's chores. `make help` lists the everyday ones.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what the tests need and this machine lacks, where that is allowed
    Setup,
    /// Find or make a cargo that builds for wasm32-wasip2, and say how to call it
    Toolchain,
    /// Build the plugins that the program embeds
    Plugins {
        /// Build from nothing, whatever seems up to date
        #[arg(long)]
        force: bool,
    },
    /// Build the guests that only the tests call (Rust, Python, JavaScript)
    TestGuests {
        /// Build from nothing, whatever seems up to date
        #[arg(long)]
        force: bool,
    },
    /// Run every test
    Test {
        /// Passed to the test runner; doc tests and the guests' own tests are then left aside
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the release program into bin/
    Build,
    /// Build a small project with the scripted model, offline
    Demo,
    /// Try `make demo` and `make test` in a bare root, as root and as a user who may not install
    Fresh {
        /// Use nothing that was compiled here
        #[arg(long)]
        cold: bool,
    },
    /// Build the program and serve
    Run {
        /// Passed to `orchestrator serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run the benchmarks
    Bench {
        /// Passed to `cargo bench`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Send the server what its OpenAPI document allows and what it does not
    Schemathesis,
    /// Try the libraries and generators that frontends use against the program
    Clients,
    /// Fuzz the parsers of models' text
    Fuzz {
        /// How long each target runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Run the patch engine over folders of cases that others have written
    Suites {
        /// The folder that holds the cases, at any depth
        folder: std::path::PathBuf,
    },
    /// Check formatting, lints, licences and advisories
    Lint {
        /// Talk to package registries only; leaves advisories out
        #[arg(long)]
        offline: bool,
    },
}

fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    match Layout::find().and_then(|layout| run(&layout, verb)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(layout: &Layout, verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Setup => verbs::setup(layout),
        Verb::Toolchain => verbs::toolchain(layout),
        Verb::Plugins { force } => verbs::plugins(layout, force),
        Verb::TestGuests { force } => verbs::test_guests(layout, force),
        Verb::Test { args } => verbs::test(layout, &args),
        Verb::Build => verbs::build(layout),
        Verb::Demo => verbs::demo(layout),
        Verb::Fresh { cold } => fresh::fresh(layout, cold),
        Verb::Run { args } => verbs::serve(layout, &args),
        Verb::Bench { args } => verbs::bench(layout, &args),
        Verb::Schemathesis => verbs::schemathesis(layout),
        Verb::Clients => verbs::clients(layout),
        Verb::Fuzz { seconds } => verbs::fuzz(layout, seconds),
        Verb::Suites { folder } => verbs::suites(layout, &folder),
        Verb::Lint { offline } => verbs::lint(layout, offline),
    }
}
