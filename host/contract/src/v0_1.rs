//! Contract version 0.1: the worlds `agent` and `condition`.
//!
//! The condition world reuses the agent world's modules for the interfaces that both import, so that a capability is
//! implemented once.

/// The world `agent`.
pub mod agent {
    #![allow(missing_docs, unreachable_pub, clippy::all)]
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "agent",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

/// The world `condition`.
pub mod condition {
    #![allow(missing_docs, unreachable_pub, clippy::all)]
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "condition",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "orchestrator:plugin/types@0.1.0": super::agent::orchestrator::plugin::types,
            "orchestrator:plugin/execution-context@0.1.0": super::agent::orchestrator::plugin::execution_context,
            "orchestrator:plugin/settings@0.1.0": super::agent::orchestrator::plugin::settings,
            "orchestrator:plugin/log@0.1.0": super::agent::orchestrator::plugin::log,
        },
    });
}
