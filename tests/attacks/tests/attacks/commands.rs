//! Turns of a command on the machine.

use crate::wall::{nothing, refused_behind_the_wall_alone};

#[tokio::test(flavor = "multi_thread")]
async fn c13_environments_of_other_processes_hold_no_secrets() {
    refused_behind_the_wall_alone("C13_environments.py", nothing).await;
}
