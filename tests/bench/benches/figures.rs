//! `cargo bench --package orchestrator-bench`, or `make bench`: everything that is measured, one process for each.

fn main() -> std::process::ExitCode {
    orchestrator_bench::main()
}
