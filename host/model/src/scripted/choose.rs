//! Which reply of a script answers a call.
//!
//! The most specific one that matches: the one with the most selectors, and of two with as many the one that names
//! the call, then the round. Two replies cannot tie, because a script with two equal selections is refused; so the
//! order in the file never matters.

use super::script::{Reply, Select};
use orchestrator_core::AgentType;

/// The reply for the agent's call, when there is one.
pub(super) fn choose<'a>(
    replies: &'a [Reply],
    agent: &AgentType,
    attempt: u32,
    round: u32,
    call: u32,
) -> Option<&'a Reply> {
    let matches = |wanted: Option<u32>, actual: u32| wanted.is_none_or(|wanted| wanted == actual);
    replies
        .iter()
        .filter(|reply| reply.agent == *agent)
        .filter(|Reply { select, .. }| {
            matches(select.attempt, attempt) && matches(select.round, round) && matches(select.call, call)
        })
        .max_by_key(|reply| rank(reply.select))
}

fn rank(select: Select) -> (u8, bool, bool) {
    let (call, round, attempt) = (select.call.is_some(), select.round.is_some(), select.attempt.is_some());
    (u8::from(call) + u8::from(round) + u8::from(attempt), call, round)
}

#[cfg(test)]
mod tests {
    use super::super::Script;
    use super::*;

    /// Replies of agent `a`, each with its selectors as its text.
    fn script(selectors: &[&str]) -> Vec<Reply> {
        let entry = |selector: &&str| {
            format!("[[reply]]\nagent = 'a'\ntext = '{selector}'\n{}\n", selector.replace(", ", "\n"))
        };
        let text: String = selectors.iter().map(entry).collect();
        Script::parse(&text, "s.toml", None).unwrap().replies
    }

    fn chosen(replies: &[Reply], attempt: u32, round: u32, call: u32) -> Option<&str> {
        let agent = AgentType::new("a").unwrap();
        choose(replies, &agent, attempt, round, call).map(|reply| &*reply.text)
    }

    #[test]
    fn the_most_specific_match_wins_whatever_the_order() {
        let mut selectors = ["attempt=2", "", "round=1", "call=3", "round=1, attempt=2"];
        for _ in 0..selectors.len() {
            selectors.rotate_left(1);
            let replies = script(&selectors);
            assert_eq!(chosen(&replies, 1, 0, 1), Some(""));
            assert_eq!(chosen(&replies, 2, 0, 1), Some("attempt=2"));
            assert_eq!(chosen(&replies, 2, 0, 3), Some("call=3"));
            assert_eq!(chosen(&replies, 1, 1, 1), Some("round=1"));
            assert_eq!(chosen(&replies, 2, 1, 3), Some("round=1, attempt=2"));
        }
    }

    #[test]
    fn nothing_matches_other_calls_or_other_agents() {
        let replies = script(&["call=1"]);
        assert_eq!(chosen(&replies, 1, 0, 2), None);
        let other = AgentType::new("b").unwrap();
        assert_eq!(choose(&replies, &other, 1, 0, 1), None);
    }
}
