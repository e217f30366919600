//! The contract as Rust, generated from `wit/`.
//!
//! Both worlds live in one crate. That works because each `generate!` leaves a description of its world *without
//! exports* in this crate, and the export macros put the full description into the plugin that calls one of them: a
//! component ends up with the imports that its code really uses and with the exports of one world. The condition
//! world points at the agent world's modules, so that a context is one type wherever it is used.

/// The world `agent`.
pub mod agent {
    #![allow(missing_docs, unreachable_pub, clippy::all)]
    wit_bindgen::generate!({
        path: "../../wit",
        world: "agent",
        additional_derives: [PartialEq],
        export_macro_name: "export_world",
        pub_export_macro: true,
    });
}

/// The world `condition`.
pub mod condition {
    #![allow(missing_docs, unreachable_pub, clippy::all)]
    wit_bindgen::generate!({
        path: "../../wit",
        world: "condition",
        additional_derives: [PartialEq],
        export_macro_name: "export_world",
        pub_export_macro: true,
        with: {
            "orchestrator:plugin/types@0.1.0": crate::bindings::agent::orchestrator::plugin::types,
            "orchestrator:plugin/execution-context@0.1.0":
                crate::bindings::agent::orchestrator::plugin::execution_context,
            "orchestrator:plugin/settings@0.1.0": crate::bindings::agent::orchestrator::plugin::settings,
            "orchestrator:plugin/log@0.1.0": crate::bindings::agent::orchestrator::plugin::log,
        },
    });
}
