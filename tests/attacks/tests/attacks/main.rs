//! Attacks on the built program. One program for all, so that everything is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test fails it"
)]
#![cfg(target_os = "linux")]

mod commands;
mod components;
mod files;
mod index;
mod machine;
mod network;
mod odd_files;
mod projects;
mod wall;
mod wasm;
mod web;
