//! How many files the program may have open.
//!
//! A run holds its project's folder, a call of an agent once more, a stream its socket. The limit that shells hand on
//! is often 1024, which would end the program near a few hundred runs although the system allows more.

/// Raises the limit to what the system allows this user. Where that fails, the limit is what it was.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(?current, %error, "the limit of open files stays as it is");
    }
}

/// Elsewhere there is no such limit to raise.
#[cfg(not(unix))]
pub(crate) fn raise_limit() {}
