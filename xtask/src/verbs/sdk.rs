//! The TypeScript client's own tests, some of them with the server.
//!
//! They run in a copy below the target folder: npm puts what it fetches beside `package.json`, and a checkout is not the
//! place for that.

use anyhow::Result;

use super::{build_for_development, sources};
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::{run, say};
use crate::{host, needs};

/// Says to the tests where the server is.
const SERVER: &str = "ORCHESTRATOR_PROGRAM";

/// Runs the tests, or says why not.
pub(crate) fn test_client(layout: &Layout) -> Result<Option<LeftOut>> {
    if let Some(why) = needs::no_recent_node() {
        return Ok(Some(LeftOut { name: "typescript", what: "the TypeScript client's tests", why }));
    }
    let copy = layout.target.join("typescript-client");
    sources::copy(&layout.root.join("sdk").join("typescript"), &copy)?;
    build_for_development(layout)?;
    say("testing the TypeScript client");
    sources::install(&copy)?;
    let server = host::program(layout, "debug");
    run(sources::npm(&copy).args(["test", "--loglevel=error"]).env(SERVER, server.get_program()))?;
    Ok(None)
}
