//! How a service is asked, whichever it is: how long its silence is borne, how hard its models are to try, how long it
//! is left alone when it is busy.

use crate::catalogue::Effort;
use orchestrator_core::AgentType;
use std::{collections::BTreeMap, time::Duration};

/// How a service is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// How long its silence is borne.
    pub waits: Waits,
    /// How hard its models are to try.
    pub efforts: Efforts,
    /// How long it is left alone the first time that it is busy and names no time; doubled each time after that.
    pub first_pause: Duration,
}

/// How long a service may be silent.
///
/// Before an answer begins, silence is normal: some services say nothing while a model thinks, and servers on one's own
/// machine nothing while they read the request. Once it has begun, silence means that the answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Until the first piece of the answer, its head included. Signs of life begin it anew.
    pub first: Duration,
    /// Between two lines from then on.
    pub gap: Duration,
}

/// How hard models are to try, by the agent that asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Efforts {
    everybody: Option<Effort>,
    by_agent: BTreeMap<String, Effort>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { waits: Waits::default(), efforts: Efforts::default(), first_pause: Duration::from_secs(10) }
    }
}

impl Default for Waits {
    fn default() -> Self {
        Self { first: Duration::from_secs(600), gap: Duration::from_secs(90) }
    }
}

impl Efforts {
    /// Reads `high`, for every agent, and `planner=high`, for one, with commas between several.
    ///
    /// # Errors
    /// One sentence about the part that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut efforts = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (agent, level) = match part.split_once('=') {
                Some((agent, level)) => (Some(agent.trim()), level.trim()),
                None => (None, part),
            };
            let level: Effort = level.parse().map_err(|error| format!("'{part}': {error}"))?;
            match agent {
                None => efforts.everybody = Some(level),
                Some(agent) => {
                    AgentType::new(agent).map_err(|error| format!("'{part}': {error}"))?;
                    efforts.by_agent.insert(agent.to_owned(), level);
                }
            }
        }
        Ok(efforts)
    }

    /// What was said for this agent, or for all; none when nothing was.
    #[must_use]
    pub fn of(&self, agent: &AgentType) -> Option<Effort> {
        self.by_agent.get(agent.as_str()).copied().or(self.everybody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agents_own_effort_counts_before_that_of_all() {
        let efforts = Efforts::parse("medium, planner = high,runner=low").unwrap();
        let of = |agent: &str| efforts.of(&AgentType::new(agent).unwrap());
        assert_eq!((of("planner"), of("runner")), (Some(Effort::High), Some(Effort::Low)));
        assert_eq!(of("writer"), Some(Effort::Medium));
        assert_eq!(Efforts::parse(" ").unwrap(), Efforts::default());
    }

    #[test]
    fn a_level_or_an_agent_that_cannot_be_is_named() {
        assert_eq!(
            Efforts::parse("planner=hard").unwrap_err(),
            "'planner=hard': there is no effort 'hard': give none, minimal, low, medium, high, xhigh or max"
        );
        assert!(Efforts::parse("=high").unwrap_err().starts_with("'=high': "));
    }
}
