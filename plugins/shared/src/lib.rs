//! What several of the built-in agents do in the same way.
//!
//! Not part of the SDK: these are the habits of one family of agents, not something that strangers should build on. Each
//! module is one habit: which files a request shows ([`view`]), how files are written whole ([`writing`]), how a change
//! is made as a diff ([`patching`]), how a project is run ([`running`]), what was tried before ([`history`]).

pub mod history;
pub mod patching;
pub mod running;
pub mod view;
pub mod writing;

/// JSON Schema of the one option that agents with [`view`] have.
pub const OPTIONS_SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "context_tokens": {
      "type": "integer",
      "minimum": 500,
      "description": "About how many tokens of the project's files a request may show. Default 24000."
    }
  }
}"#;
