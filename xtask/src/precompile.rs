//! The plugins compiled ahead, so that the program need not at its first start.
//!
//! Compiled code fits one engine, so a program of the host workspace makes it. That program is built as the one that
//! will carry the code, with the same profile and the same choice of features: everything that it is made of is there
//! already when the other is built. What is current is left as it is, whichever profile made it: the code is the same.

use std::process::Command;

use anyhow::Result;

use crate::host;
use crate::layout::Layout;
use crate::process::{run, say};

/// The program that compiles, and the package that it belongs to.
const PROGRAM: &str = "orchestrator-precompile";
const PACKAGE: &str = "orchestrator-runtime";

/// What is about to be built.
#[derive(Clone, Copy)]
pub(crate) enum Build {
    /// The workspace, for demo, tests and everyday work.
    Development,
    /// The release program.
    Release,
    /// The benchmarks.
    Benchmarks,
}

impl Build {
    /// How cargo is told.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Development => &["--workspace"],
            Self::Release => &["--release", "--package", "orchestrator-cli", "--package", PACKAGE],
            Self::Benchmarks => {
                &["--profile", "bench", "--package", "orchestrator-bench", "--package", PACKAGE]
            }
        }
    }

    /// The folder in the target folder where the program is then.
    fn folder(self) -> &'static str {
        match self {
            Self::Development => "debug",
            Self::Release | Self::Benchmarks => "release",
        }
    }
}

/// Brings the compiled code beside the built plugins up to date.
pub(crate) fn plugins(layout: &Layout, build: Build) -> Result<()> {
    say("compiling the plugins ahead");
    run(host::cargo(layout).arg("build").args(build.arguments()).args(["--bin", PROGRAM]))?;
    run(Command::new(layout.target.join(build.folder()).join(PROGRAM)).arg(layout.plugins()))
}
