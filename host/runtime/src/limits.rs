//! What a plugin may use up, and the bookkeeping that holds it to that.

use orchestrator_policy::CallLimits;
use std::time::Duration;
use wasmtime::{ResourceLimiter, error::format_err};

/// Core modules that one component may instantiate: a Rust guest has four, one of componentize-py dozens.
const MODULES: usize = 400;
/// Memories of one component. Each reserves 4 GiB of address space.
const MEMORIES: usize = 16;
/// Tables of one component; a Rust guest has two.
const TABLES: usize = 64;

/// What one plugin, and all of them together, may use up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Bytes of linear memory of one call, all memories of the component summed. A Python guest starts with about
    /// 13 MiB, a Rust guest with about 1 MiB.
    pub memory: usize,
    /// Elements of any one table.
    pub table_elements: usize,
    /// Time that one call may compute. Waiting for a model, a command or a file does not count.
    pub cpu: Duration,
    /// Calls under way at the same time; further ones wait their turn.
    pub calls: u32,
    /// Size of a component's file.
    pub component_size: usize,
    /// Bytes that one host call may bring from the guest into the host.
    pub payload: usize,
    /// Handles (completions, processes, files) open at the same time in one call.
    pub handles: usize,
    /// Bytes of standard output and of standard error that are kept of one call: the last ones.
    pub output: usize,
    /// Events a second of one call, and as many lines of its log; ten times as many may come at once.
    pub events_per_second: u64,
    /// Bytes that one call of `get-random-bytes` may ask for.
    pub random: u64,
}

impl SandboxLimits {
    /// The limits of one call: these, with what a policy says about the plugin. Memory can only be lowered: it is what
    /// the machine was reckoned with.
    #[must_use]
    pub(crate) fn of_call(&self, policy: &CallLimits) -> Self {
        let size = |given: Option<u64>, own: usize| {
            given.map_or(own, |given| usize::try_from(given).unwrap_or(usize::MAX))
        };
        Self {
            memory: size(policy.memory, self.memory).min(self.memory),
            cpu: policy.cpu.unwrap_or(self.cpu),
            payload: size(policy.payload, self.payload),
            handles: size(policy.handles, self.handles),
            output: size(policy.output, self.output),
            events_per_second: policy.events_per_second.unwrap_or(self.events_per_second),
            ..self.clone()
        }
    }
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            table_elements: 100_000,
            cpu: Duration::from_secs(30),
            calls: 4096,
            component_size: 64 << 20,
            payload: 16 << 20,
            handles: 1024,
            output: 16 << 10,
            events_per_second: 10_000,
            random: 1 << 20,
        }
    }
}

/// Holds one store to its memory: the sum over its memories, because a component can have many.
pub(crate) struct Meter {
    memory_limit: usize,
    table_limit: usize,
    memory: usize,
}

impl Meter {
    pub(crate) fn new(limits: &SandboxLimits) -> Self {
        Self { memory_limit: limits.memory, table_limit: limits.table_elements, memory: 0 }
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total > self.memory_limit {
            // Failing the growth would leave it to the guest whether anybody learns the reason; most guests abort
            // with a message that does not mention memory.
            return Err(format_err!(
                "the plugin wanted {total} bytes of memory; the limit is {} bytes for one call",
                self.memory_limit
            ));
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > self.table_limit {
            return Err(format_err!(
                "the plugin wanted a table of {desired} elements; the limit is {}",
                self.table_limit
            ));
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        MODULES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }

    fn tables(&self) -> usize {
        TABLES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_summed_over_all_memories() {
        let mut meter = Meter::new(&SandboxLimits { memory: 100, ..SandboxLimits::default() });
        assert!(meter.memory_growing(0, 60, None).is_ok());
        assert!(meter.memory_growing(0, 40, None).is_ok(), "a second memory fills the rest");
        let refused = meter.memory_growing(40, 41, None).unwrap_err();
        assert!(refused.to_string().contains("the limit is 100 bytes"), "{refused}");
    }

    /// How many instances of a core module one store takes, and why it takes no more.
    fn most(section: &[u8]) -> (usize, String) {
        let engine = wasmtime::Engine::default();
        let module = wasmtime::Module::new(&engine, [b"\0asm\x01\0\0\0", section].concat()).unwrap();
        let mut store = wasmtime::Store::new(&engine, Meter::new(&SandboxLimits::default()));
        store.limiter(|meter| meter);
        let mut made = 0;
        loop {
            match wasmtime::Instance::new(&mut store, &module, &[]) {
                Ok(_) => made += 1,
                Err(error) => return (made, format!("{error:#}")),
            }
        }
    }

    #[test]
    fn modules_memories_and_tables_are_counted() {
        let no_section = [];
        let one_memory = [5, 3, 1, 0, 1];
        let one_table = [4, 4, 1, 0x70, 0, 1];
        for (section, limit, what) in [
            (&no_section[..], MODULES, "instance"),
            (&one_memory, MEMORIES, "memory"),
            (&one_table, TABLES, "table"),
        ] {
            let (made, refusal) = most(section);
            assert_eq!(made, limit, "{refusal}");
            assert!(refusal.contains(what), "{refusal}");
        }
    }

    #[test]
    fn a_policy_changes_what_it_names_and_memory_only_downwards() {
        let own = SandboxLimits { memory: 100, ..SandboxLimits::default() };
        let policy = CallLimits { memory: Some(1000), handles: Some(8), ..CallLimits::default() };
        let limits = own.of_call(&policy);
        assert_eq!((limits.memory, limits.handles, limits.payload), (100, 8, own.payload));
        let policy = CallLimits { memory: Some(10), ..CallLimits::default() };
        assert_eq!(own.of_call(&policy).memory, 10);
    }
}
