//! A language-model provider for tests.
//!
//! Mocking the provider trait would leave out what breaks in real life: sockets that stall, streams that end early,
//! errors that come after a 200. So this is a server on 127.0.0.1 that speaks both wire formats, Anthropic's
//! Messages (`POST /v1/messages`) and the OpenAI-compatible chat completions (`POST /v1/chat/completions`), and
//! fails in each of these ways when a test asks for it. It records every request for assertions.
//!
//! ```no_run
//! use orchestrator_fake_provider::{Answer, FakeProvider};
//!
//! # async fn example() -> std::io::Result<()> {
//! // The same answer function serves both formats; it can look at the request to tell agents apart.
//! let provider = FakeProvider::answering(|request| match request.system().contains("planner") {
//!     true => Answer::text("{\"summary\": \"a todo app\"}"),
//!     false => Answer::failure(529, "overloaded_error", "busy").header("retry-after", "1"),
//! })
//! .await?;
//! // Hand `provider.anthropic_url()` or `provider.openai_url()` to the code under test, then:
//! assert_eq!(provider.requests().len(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! The server goes away with its handle: the port closes and every stalled answer is let go.

mod answer;
mod encode;
mod request;
mod server;
mod tls;

pub use answer::{Answer, Stop};
pub use request::{Request, Wire};
pub use server::FakeProvider;
pub use tls::Front;
