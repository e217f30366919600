//! Every test there is: the host's, its documentation's, the guests' own and the client's.

use anyhow::Result;

use super::registries;
use super::sdk::test_client;
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::precompile::{self, Build};
use crate::process::{output, run, say};
use crate::{guests, host, left_out, needs, system, toolchain};

/// Runs the tests. With `args` only the host's, since those are for its runner.
pub(crate) fn test(layout: &Layout, args: &[String]) -> Result<()> {
    needs::make_sure(needs::TESTS);
    let toolchain = toolchain::find_or_make(layout)?;
    guests::build_plugins(layout, &toolchain, false)?;
    precompile::plugins(layout, Build::Development)?;
    let mut left_out = guests::build_test_guests(layout, &toolchain, false)?;
    left_out.extend(system::no_sandbox().map(|why| LeftOut {
        name: "bubblewrap",
        what: "attacks on the sandbox of commands",
        why,
    }));
    left_out.extend(registries::missing());
    let told = left_out::names(&left_out);
    let cargo = || {
        let mut cargo = host::cargo(layout);
        cargo.env(left_out::TESTS_ARE_TOLD_BY, &told);
        cargo
    };

    if args.is_empty() {
        for workspace in guests::rust_workspaces(layout) {
            say(format!("testing {} on this machine", workspace.strip_prefix(&layout.root)?.display()));
            // Only libraries: linked as a whole, guests are components, which this machine cannot run by itself.
            run(cargo()
                .args(["test", "--workspace", "--lib", "--locked", "--manifest-path"])
                .arg(workspace.join("Cargo.toml")))?;
        }
        for library in [&layout.root, &layout.sdk()] {
            say(format!("testing the documentation's examples in {}", library.display()));
            run(cargo()
                .args(["test", "--workspace", "--doc", "--locked", "--manifest-path"])
                .arg(library.join("Cargo.toml")))?;
        }
    }
    if args.is_empty() {
        left_out.extend(test_client(layout)?);
    }
    // Last, so that its summary is the last thing on the screen.
    let has_nextest = output(cargo().args(["nextest", "--version"])).is_ok();
    let runner: &[&str] = if has_nextest { &["nextest", "run"] } else { &["test"] };
    say(format!("cargo {} --workspace", runner.join(" ")));
    run(cargo().args(runner).arg("--workspace").args(args))?;
    left_out::report(&left_out)
}
