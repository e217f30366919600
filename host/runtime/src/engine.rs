//! The one engine of the program: its settings, and what makes guests give way.

use crate::ticker::Ticker;
use std::{io, time::Duration};
use wasmtime::{Config, Engine, WasmBacktraceDetails};

/// How often a guest that computes gives way. Every await of another run may stand behind one tick of each guest that
/// spins on its core, and a run awaits hundreds of times, so this is short; giving way itself costs microseconds.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// Stack of one guest. Deep recursion traps at this size.
const GUEST_STACK: usize = 1 << 20;
/// Stack of one fiber: the guest's and what host functions need on top of it.
const FIBER_STACK: usize = 2 << 20;

/// What compiled code depends on: the same for the program, and for the build that compiles ahead for it.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Only sync-typed interfaces are linked, so the bookkeeping of component-model async is not needed.
        .concurrency_support(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(FIBER_STACK)
        .shared_memory(false)
        .wasm_memory64(false);
    config
}

/// Memories, tables and stacks are allocated for each call, not kept in a pool: a pool gives each table pages of its own,
/// of which a Rust guest's two touch 8 KiB for as long as a run waits, and takes megabytes for its lists. Measured over
/// whole runs, it spares no CPU time.
pub(crate) fn new() -> wasmtime::Result<Engine> {
    Engine::new(&config())
}

/// Advances the epoch while guests compute.
pub(crate) fn ticker(engine: &Engine) -> io::Result<Ticker> {
    // Weakly: what outlives the runtime is not to be kept by its clock.
    let engine = engine.weak();
    let tick = move || {
        if let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
        }
    };
    Ticker::start(TICK, tick)
}
