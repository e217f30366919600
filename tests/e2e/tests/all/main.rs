//! The product, through its public doors. One program for all subjects, so that everything is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test fails it"
)]

mod access;
mod bad_input;
mod changing;
mod commands;
mod connections;
mod contents;
mod declared;
mod deleting;
mod demo;
mod endings;
mod examples;
mod first_start;
mod following;
mod guests;
mod guide;
mod hostile;
mod hot_reload;
mod http2;
mod models;
mod policy;
mod prefilled;
mod projects;
mod repair;
mod repeating;
mod runs;
mod sandbox;
mod tuning;
mod workflow;
