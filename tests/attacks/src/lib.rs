//! What the attacks are written in.
//!
//! A [`Scene`] is the built program, serving on a port of its own, with things around it that nobody may touch: a
//! listener that is not to be reached, a file outside of every project that is not to be read, a key in the server's
//! environment that is not to be seen. A thread asks for `/health` all the while. The agent `attacker` does over HTTP
//! what a test says, and [`Scene::unharmed`] looks at all of these when it is over.
//!
//! An attack that fails shows little by itself: it may fail for want of a program, or because of a misspelt path. So
//! each has a control in which the wall is away (a grant, another limit, a server without a sandbox) and it succeeds.
//! [`index`] is the table of attacks, their tests and their controls; `docs/attacks.md` is printed from it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test fails it"
)]

mod canaries;
pub mod index;
mod left_out;
mod prober;
mod program;
mod report;
mod scene;
mod setup;
pub mod step;
mod usage;

pub use canaries::Canaries;
pub use left_out::{can_confine_commands, has_program};
pub use prober::{Health, Prober};
pub use program::Program;
pub use report::{Came, Report, Verdict};
pub use scene::Scene;
pub use setup::Setup;
