//! What is put into the audit of those who are refused, and that they cannot fill the disk with it.
//!
//! Whoever guesses at tokens should be seen, and each guess costs them nothing. So each caller gets a few entries and
//! then one a minute, all callers together some dozens and then one every ten seconds, and an entry tells how many
//! refusals were passed over before it. The journal forgets entries about refusals after a month, which bounds them to
//! some tens of megabytes however long somebody tries.

use super::rate::Rate;
use crate::{app::App, problem::Reason};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use orchestrator::Actor;
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Entries that one caller gets at once, and how often they get one after that.
const EACH: (u32, Duration) = (5, Duration::from_secs(60));
/// The same of all callers together.
const ALL: (u32, Duration) = (50, Duration::from_secs(10));
/// Most characters of a path in an entry.
const PATH_MAX: usize = 200;

/// Who was refused, as far as that is known: put on an answer by who refused.
#[derive(Debug, Clone)]
pub(super) struct Whom(pub(super) Actor);

/// How many more refusals may be put down.
#[derive(Debug)]
pub(crate) struct Refusals {
    since: Instant,
    state: Mutex<Budget>,
}

#[derive(Debug)]
struct Budget {
    each: Rate,
    all: Rate,
    passed_over: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        let state = Budget { each: Rate::new(EACH.1, EACH.0), all: Rate::new(ALL.1, ALL.0), passed_over: 0 };
        Self { since: Instant::now(), state: Mutex::new(state) }
    }
}

impl Refusals {
    /// Counts a refusal. Returns how many were passed over before this one if it is to be put down.
    fn count(&self, whose: &str) -> Option<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).count(whose, self.since.elapsed())
    }
}

impl Budget {
    fn count(&mut self, whose: &str, now: Duration) -> Option<u64> {
        // The caller's own budget first: one that has used theirs up takes nothing from the others.
        if self.each.take_turn(whose, now).is_err() || self.all.take_turn("", now).is_err() {
            self.passed_over += 1;
            return None;
        }
        Some(std::mem::take(&mut self.passed_over))
    }
}

/// Puts refusals down: those for want of a token or a role, and those of foreign web pages.
pub(crate) async fn note(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(PATH_MAX).collect();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let response = next.run(request).await;
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return response;
    }
    let Some(Reason(reason)) = response.extensions().get::<Reason>().cloned() else { return response };
    let whom = response.extensions().get::<Whom>().map_or(Actor::UNKNOWN, |whom| whom.0.clone());
    let from = peer.map(|peer| peer.to_string()).unwrap_or_default();
    let whose = if whom == Actor::UNKNOWN { &from } else { whom.as_str() };
    let Some(passed_over) = app.refusals.count(whose) else { return response };
    let detail = json!({"reason": reason, "from": from, "passed_over": passed_over});
    // In a task, so that hanging up early leaves no gap.
    let recorder = app.orchestrator.on_behalf_of(whom);
    let written = tokio::spawn(async move {
        let subject = format!("{method} {path}");
        if let Err(error) = recorder.record("access.refuse", &subject, None, detail).await {
            tracing::error!(%error, subject, "a refusal could not be put into the audit");
        }
    });
    // Waited for, so that who was refused finds it there. It does not fail: a panic in it is in the log.
    let _ = written.await;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_guesses_from_everywhere_leave_a_few_entries_a_day() {
        let mut budget = Refusals::default().state.into_inner().unwrap();
        let day = 24 * 60 * 60_u64;
        let written = (0..1_000_000_u64)
            .filter(|n| {
                let now = Duration::from_micros(n * day);
                budget.count(&format!("{}", n % 50_000), now).is_some()
            })
            .count() as u64;
        assert!(written <= u64::from(ALL.0) + day / ALL.1.as_secs(), "{written}");
    }

    #[test]
    fn who_guesses_without_end_does_not_hide_the_others() {
        let mut budget = Refusals::default().state.into_inner().unwrap();
        let noisy = (0..10_000).filter(|_| budget.count("192.0.2.1", Duration::ZERO).is_some()).count();
        assert_eq!(noisy, EACH.0 as usize);
        assert_eq!(budget.count("192.0.2.2", Duration::ZERO), Some(10_000 - u64::from(EACH.0)));
        assert_eq!(budget.count("192.0.2.2", Duration::ZERO), Some(0));
    }
}
