//! Tokens: who may call the API, and what with.
//!
//! A token is shown once, when it is made, and kept as a hash; what it is good for is looked up at each use, in the
//! journal's file, so a token that was revoked by any process is refused from the next request on. [`Tokens`] is for
//! servers and command lines alike: the ledger under it does not mind being shared.

mod secret;
mod tokens;
mod watch;

pub use secret::{NotAToken, Token};
pub use tokens::{AccessError, Caller, NewToken, TokenView, Tokens};
pub use watch::Revoked;
