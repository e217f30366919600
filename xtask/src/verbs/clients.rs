//! The libraries and generators that frontends use, as they come from their registries, against the program.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{build_for_development, environment, sources};
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::{run_within, say};
use crate::{host, left_out, needs};

/// Says to the tests where the program is.
const PROGRAM: &str = "ORCHESTRATOR_PROGRAM";
/// How long one language's tests may take, which is several times what they do.
const LONGEST: Duration = Duration::from_secs(600);

/// Runs them, or says why not.
pub(crate) fn clients(layout: &Layout) -> Result<()> {
    needs::make_sure(needs::CLIENTS);
    build_for_development(layout)?;
    let copy = layout.target.join("clients");
    sources::copy(&layout.root.join("tests").join("clients"), &copy)?;
    let left_out = [in_node(layout, &copy)?, in_python(layout, &copy)?];
    left_out::report(&left_out.into_iter().flatten().collect::<Vec<_>>())
}

fn in_node(layout: &Layout, copy: &Path) -> Result<Option<LeftOut>> {
    let left_out = |what, why| Ok(Some(LeftOut { name: "clients", what, why }));
    if let Some(why) = needs::no_recent_node() {
        return left_out("libraries and generators for JavaScript", why);
    }
    say("trying libraries and generators for JavaScript");
    sources::install(copy)?;
    let mut files = vec!["generators.test.mjs", "sse.test.mjs"];
    let no_browser = needs::no_browser();
    if no_browser.is_none() {
        files.extend(["browser.test.mjs", "docs.test.mjs", "http2.test.mjs", "images.test.mjs"]);
    }
    // One file after the other: what they start is enough for two processors.
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(files).current_dir(copy);
    run_within(LONGEST, tell(&mut node, layout))?;
    match no_browser {
        Some(why) => left_out("libraries and /docs in a browser", why),
        None => Ok(None),
    }
}

fn in_python(layout: &Layout, copy: &Path) -> Result<Option<LeftOut>> {
    let list = copy.join("requirements.txt");
    let list = fs::read_to_string(&list).with_context(|| format!("{} cannot be read", list.display()))?;
    let packages: Vec<_> = list.split_whitespace().collect();
    let programs = match environment::make(layout, "clients", &packages) {
        Ok(programs) => programs,
        Err(error) => {
            let (what, why) = ("libraries and generators for Python", format!("{error:#}"));
            return Ok(Some(LeftOut { name: "clients", what, why }));
        }
    };
    say("trying libraries and generators for Python");
    let mut python = Command::new(programs.join("python"));
    python.args(["-m", "unittest", "--verbose", "test_sse", "test_generators"]).current_dir(copy);
    run_within(LONGEST, tell(&mut python, layout))?;
    Ok(None)
}

fn tell<'a>(command: &'a mut Command, layout: &Layout) -> &'a mut Command {
    command.env(PROGRAM, host::program(layout, "debug").get_program())
}
