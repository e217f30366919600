//! The sandbox: it loads plugins and calls them.
//!
//! One wasmtime engine serves the whole program. [`Runtime::load`] turns bytes into a [`Plugin`]: compiled (or taken
//! from the cache), its imports checked against its world, linked as far as possible, and asked to describe itself in
//! a sandbox that has no capability at all. [`Runtime::run_agent`] and [`Runtime::ask_condition`] call one: each call
//! gets a store of its own, composed of the capabilities that the plugin was granted, and the store is dropped with
//! the call, whatever came of it. Nothing is reused after a trap because nothing is reused.
//!
//! Three clocks bound a call. The caller's timeout ends it from outside, also while the host waits on its behalf.
//! Epochs make the guest give way every few milliseconds, so that this timeout can take effect; what advances them
//! sleeps while no guest computes. And the time that the guest itself computes is counted by the same epochs, and ends
//! in a trap.

mod cache;
mod call;
mod capability;
mod carried;
mod describe;
mod engine;
mod error;
mod imports;
mod limits;
mod load;
mod output;
mod perform;
mod plugin;
mod result;
mod runtime;
mod shape;
mod store;
mod ticker;
mod trap;

pub use call::{AgentCall, CallError, ConditionCall};
pub use carried::{Carried, PrecompileError, Precompiler};
pub use error::{LoadError, PluginKind, RuntimeError};
pub use limits::SandboxLimits;
pub use plugin::Plugin;
pub use runtime::Runtime;
