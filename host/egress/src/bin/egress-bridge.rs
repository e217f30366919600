//! The bridge as a program of its own, for sandboxes that do not have the orchestrator inside.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    orchestrator_egress::bridge::run_if_asked().unwrap_or_else(|| {
        let asked = orchestrator_egress::bridge::ASKED;
        eprintln!("usage: egress-bridge {asked} PORT SOCKET -- PROGRAM [ARGUMENT...]");
        ExitCode::from(2)
    })
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("there are sandboxes that need a bridge on Linux only");
    ExitCode::from(2)
}
