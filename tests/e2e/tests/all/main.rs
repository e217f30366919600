//! The product, through its public doors. One program for all subjects, so that everything is linked once.

mod bad_input;
mod demo;
mod guests;
mod guide;
mod hot_reload;
mod models;
mod runs;
mod sandbox;
mod workflow;
