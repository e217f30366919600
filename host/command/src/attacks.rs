//! Hostile programs, each run twice: against the whole sandbox, where it has to fail, and with the one part taken away
//! that is said to stop it, where it has to succeed. The second run is what makes the first one worth something.
//!
//! The programs are Python and shell, since those are what an attacker finds on a machine. Each test is named after
//! its attack; the letters and numbers in the comments are those of the list in `docs/sandbox.md`.

mod calls;
mod helper;
mod network;
mod processes;
mod scene;
mod secrets;
mod usage;
mod wall;
mod whole;
