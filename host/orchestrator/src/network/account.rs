//! What went through one command's way out, for its report, the audit and the log.

use orchestrator_core::{Denials, NetworkUse};
use orchestrator_egress::{Connection, ConnectionOutcome, Observer, Refusal};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals that are told in a command's report.
const TOLD: usize = 8;

/// The account of one command.
pub(super) struct Account {
    /// The command, as people see it.
    command: String,
    denials: Denials,
    sum: Mutex<NetworkUse>,
}

impl Account {
    pub(super) fn new(command: String, denials: Denials) -> Self {
        Self { command, denials, sum: Mutex::default() }
    }

    /// What there was so far.
    pub(super) fn sum(&self) -> NetworkUse {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, NetworkUse> {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, refusal: &Refusal) {
        let reason = refusal.to_string();
        let is_new = {
            let mut sum = self.lock();
            sum.refused += 1;
            let is_new = sum.refusals.len() < TOLD && !sum.refusals.contains(&reason);
            if is_new {
                sum.refusals.push(reason.clone());
            }
            is_new
        };
        if is_new {
            tracing::info!(command = self.command, reason, "a connection of a command was refused");
        }
        if is_denial(refusal) {
            self.denials.tell(&format!("network: {reason}; asked for by {}", self.command));
        }
    }
}

impl Observer for Account {
    fn ended(&self, connection: &Connection) {
        let Connection { target, outcome, up, down } = connection;
        let end = match outcome {
            ConnectionOutcome::Refused(refusal) => return self.refused(refusal),
            ConnectionOutcome::Allowed(end) => end,
        };
        if let Some(target) = target {
            tracing::debug!(command = self.command, %target, up, down, ?end, "a connection of a command ended");
        }
        let mut sum = self.lock();
        sum.allowed += 1;
        sum.sent = sum.sent.saturating_add(*up);
        sum.received = sum.received.saturating_add(*down);
    }
}

/// Whether it was the list or a rule that said no. A host that does not answer, and a client that goes away, are no
/// denials.
fn is_denial(refusal: &Refusal) -> bool {
    !matches!(
        refusal,
        Refusal::Unknown { .. } | Refusal::Unreachable { .. } | Refusal::BrokenOff | Refusal::HeadTooSlow
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_egress::{End, Endpoint};
    use std::sync::Arc;

    fn connection(outcome: ConnectionOutcome) -> Connection {
        Connection { target: None, outcome, up: 3, down: 5 }
    }

    #[test]
    fn everything_is_counted_and_a_bounded_part_is_told() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        let denials = Denials::new(move |what| hearing.lock().unwrap().push(what));
        let account = Account::new("npm install".into(), denials);
        for _ in 0..2 {
            account.ended(&connection(ConnectionOutcome::Allowed(End::Closed)));
        }
        for port in 1..=1000 {
            let target = Endpoint::parse(&format!("evil.example:{port}")).unwrap();
            account.ended(&connection(ConnectionOutcome::Refused(Refusal::NotAllowed(target))));
        }
        let sum = account.sum();
        assert_eq!((sum.allowed, sum.sent, sum.received, sum.refused), (2, 6, 10, 1000));
        assert_eq!(sum.refusals.len(), TOLD);
        let heard = heard.lock().unwrap();
        assert!(heard.len() < 100, "{}", heard.len());
        let first = heard.first().unwrap();
        assert!(first.contains("evil.example:1 ") && first.ends_with("npm install"), "{first}");
    }

    #[test]
    fn a_host_that_does_not_answer_is_told_and_is_no_denial() {
        let denials = Denials::new(|what| panic!("denied: {what}"));
        let account = Account::new("npm install".into(), denials);
        let endpoint = Endpoint::parse("slow.example:443").unwrap();
        let refusal = Refusal::Unreachable { endpoint, problem: "timed out".into() };
        account.ended(&connection(ConnectionOutcome::Refused(refusal)));
        assert_eq!(account.sum().refusals, ["slow.example:443 cannot be reached: timed out"]);
    }
}
