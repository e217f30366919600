//! The bridge as a program of its own, for sandboxes that do not have the orchestrator inside.

use std::process::ExitCode;

fn main() -> ExitCode {
    orchestrator_egress::bridge::run_if_asked().unwrap_or_else(|| {
        eprintln!(
            "usage: egress-bridge {} PORT SOCKET -- PROGRAM [ARGUMENT...]",
            orchestrator_egress::bridge::ASKED
        );
        ExitCode::from(2)
    })
}
