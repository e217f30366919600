//! The documented HTTP API over an [`Orchestrator`](orchestrator::Orchestrator): JSON in, JSON or Server-Sent Events
//! out, described by an OpenAPI document that is made from the code.
//!
//! The layer is thin on purpose. A handler takes a request apart, asks the orchestrator and wraps the answer; what is
//! valid is decided below, so that the library and the command line say no to the same things for the same reasons.
//! Nothing of a run's life hangs on a connection: a client that leaves stops nothing, and one that comes back goes on
//! where it was.

mod access;
mod address;
mod agents;
mod app;
mod audit;
mod config;
mod connections;
mod cursor;
mod detached;
mod docs;
mod event_schema;
mod execute;
mod extract;
mod headers;
mod health;
mod hosts;
mod log;
mod models;
mod named;
mod origin;
mod page;
mod parameters;
mod plugins;
mod problem;
mod projects;
mod rest;
mod router;
mod runs;
mod serve;
mod sse;
mod tls;
mod tokens;
mod workflows;

pub use config::{DEFAULT_ORIGINS, Origin, OriginError, ServerConfig};
pub use problem::Problem;
pub use router::{openapi, router};
pub use serve::{ServeError, check_exposure, serve};
pub use tls::{Tls, TlsError};
