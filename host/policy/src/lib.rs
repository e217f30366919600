//! What plugins may do, as a pure decision.
//!
//! A plugin gets what it asks for in its description and what somebody with the right to say so grants: the smaller of
//! the two. This crate reads the policy file ([`Policy`]), compares argument lists with patterns ([`Programs`]),
//! combines both sides ([`Policy::decide`]) and counts the misdeeds that lead to a quarantine ([`Quarantine`]). It
//! touches no file, no clock and no plugin; those who do hand in texts, times and names. So every rule here is tested
//! without a server, and a run can keep the decision it began with as a value.
//!
//! The policy that the program carries (`builtin.toml`) is read by the same code as an operator's file, and an
//! operator's file lies on top of it key by key.

mod decision;
mod destination;
mod document;
mod error;
mod host;
mod limits;
mod network;
mod parse;
mod pattern;
mod policy;
mod programs;
mod quarantine;
mod schema;
mod units;

pub use decision::{Decision, Subject, Waiting};
pub use destination::{Destination, DestinationError, Registry};
pub use document::{Located, PolicyLine};
pub use error::{PolicyError, Problem};
pub use host::{Endpoint, Host, HostError};
pub use limits::CallLimits;
pub use network::Network;
pub use pattern::{Pattern, PatternError};
pub use policy::{Policy, Row};
pub use programs::Programs;
pub use quarantine::{Quarantine, QuarantineRules, Sentence};
pub use schema::schema;
pub use units::{parse_bytes, parse_duration, show_bytes, show_duration};
