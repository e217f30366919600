//! Plugins that misbehave again and again are left alone for a while.
//!
//! A plugin that traps in every call costs each run that uses it a start, and whoever watches it a report. After a
//! number of misdeeds within a window it is quarantined: nothing calls it for a minute, and for twice as long each time
//! it comes back and goes on as before, up to an hour. A plugin is meant by the digest of its component, so a repaired
//! version starts with a clean slate at once; and a person can let it go.
//!
//! Nothing here reads a clock. Times come from outside, so the rules can be tested without waiting.

use jiff::SignedDuration;
use orchestrator_core::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most plugins that are remembered; those that did nothing for the longest time are forgotten first.
const REMEMBERED: usize = 1024;

/// When a plugin is quarantined, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarantineRules {
    /// Misdeeds that lead to it.
    pub strikes: u32,
    /// Within this time.
    pub within: Duration,
    /// How long the first quarantine lasts; the next ones twice as long each.
    pub first: Duration,
    /// How long one lasts at most.
    pub longest: Duration,
}

impl Default for QuarantineRules {
    fn default() -> Self {
        Self {
            strikes: 3,
            within: Duration::from_secs(600),
            first: Duration::from_secs(60),
            longest: Duration::from_secs(3600),
        }
    }
}

/// A quarantine in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Sentence {
    /// When the plugin is called again.
    pub until: Timestamp,
    /// Which quarantine of this plugin it is, from 1.
    pub times: u32,
    /// What it did last.
    pub reason: String,
}

#[derive(Debug, Clone, Default)]
struct Record {
    /// Misdeeds since the last quarantine, oldest first; at most as many as lead to the next one.
    strikes: Vec<Timestamp>,
    last: Option<Timestamp>,
    times: u32,
    sentence: Option<Sentence>,
}

/// Who did what, by digest.
#[derive(Debug, Clone, Default)]
pub struct Quarantine {
    records: BTreeMap<String, Record>,
}

impl Quarantine {
    /// Takes down a misdeed. Returns the quarantine that begins with it, if one does.
    pub fn strike(
        &mut self,
        digest: &str,
        reason: &str,
        now: Timestamp,
        rules: &QuarantineRules,
    ) -> Option<Sentence> {
        self.make_room(digest);
        let record = self.records.entry(digest.to_owned()).or_default();
        if record.sentence.as_ref().is_some_and(|sentence| now < sentence.until) {
            // Calls that were under way when the quarantine began change nothing.
            return None;
        }
        record.last = Some(now);
        record.strikes.retain(|then| now.duration_since(*then) < signed(rules.within));
        record.strikes.push(now);
        if record.strikes.len() < rules.strikes.max(1) as usize {
            return None;
        }
        record.strikes.clear();
        record.times = record.times.saturating_add(1);
        let lasts = lasts(record.times, rules);
        let until = now.checked_add(signed(lasts)).unwrap_or(Timestamp::MAX);
        let sentence = Sentence { until, times: record.times, reason: reason.to_owned() };
        record.sentence = Some(sentence.clone());
        Some(sentence)
    }

    /// The quarantine in force, if there is one.
    #[must_use]
    pub fn check(&self, digest: &str, now: Timestamp) -> Option<&Sentence> {
        self.records.get(digest)?.sentence.as_ref().filter(|sentence| now < sentence.until)
    }

    /// Lets a plugin go, with a clean slate. Returns whether it was quarantined.
    pub fn release(&mut self, digest: &str, now: Timestamp) -> bool {
        let was = self.check(digest, now).is_some();
        self.records.remove(digest);
        was
    }

    fn make_room(&mut self, digest: &str) {
        if self.records.len() < REMEMBERED || self.records.contains_key(digest) {
            return;
        }
        let oldest =
            self.records.iter().min_by_key(|(_, record)| record.last).map(|(digest, _)| digest.clone());
        if let Some(oldest) = oldest {
            self.records.remove(&oldest);
        }
    }
}

fn lasts(times: u32, rules: &QuarantineRules) -> Duration {
    let factor = 2_u32.checked_pow(times.saturating_sub(1)).unwrap_or(u32::MAX);
    rules.first.saturating_mul(factor).min(rules.longest)
}

fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn strikes(quarantine: &mut Quarantine, seconds: &[i64]) -> Option<Sentence> {
        let rules = QuarantineRules::default();
        seconds.iter().map(|second| quarantine.strike("d", "trap", at(*second), &rules)).last().flatten()
    }

    #[test]
    fn three_misdeeds_within_the_window_lead_to_it() {
        let mut quarantine = Quarantine::default();
        assert_eq!(strikes(&mut quarantine, &[0, 1]), None);
        let sentence = strikes(&mut quarantine, &[2]).expect("the third");
        assert_eq!((sentence.until, sentence.times), (at(62), 1));
        assert!(quarantine.check("d", at(61)).is_some() && quarantine.check("d", at(62)).is_none());
        assert!(quarantine.check("other", at(3)).is_none());
    }

    #[test]
    fn misdeeds_far_apart_do_not() {
        assert_eq!(strikes(&mut Quarantine::default(), &[0, 600, 1200, 1800, 2400]), None);
    }

    #[test]
    fn each_lasts_twice_as_long_up_to_an_hour() {
        let mut quarantine = Quarantine::default();
        let (mut now, mut lasted) = (0, Vec::new());
        for _ in 0..8 {
            let sentence = strikes(&mut quarantine, &[now, now, now]).expect("the third");
            lasted.push(sentence.until.duration_since(at(now)).as_secs());
            now += lasted.last().unwrap();
        }
        assert_eq!(lasted, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }

    #[test]
    fn releasing_is_a_clean_slate() {
        let mut quarantine = Quarantine::default();
        strikes(&mut quarantine, &[0, 0, 0]);
        assert!(quarantine.release("d", at(1)) && !quarantine.release("d", at(1)));
        assert_eq!(quarantine.check("d", at(1)), None);
        assert_eq!(strikes(&mut quarantine, &[2, 2, 2]).map(|sentence| sentence.times), Some(1));
    }

    proptest! {
        /// Whatever happens when: a sentence needs enough misdeeds in its window, and never lasts longer than it may.
        #[test]
        fn the_rules_hold_for_every_history(
            steps in prop::collection::vec((0_i64..400, 0_u8..4), 1..80),
            strikes in 1_u32..5,
        ) {
            let rules = QuarantineRules { strikes, ..QuarantineRules::default() };
            let mut quarantine = Quarantine::default();
            let (mut now, mut since) = (0, Vec::new());
            for (pause, deed) in steps {
                now += pause;
                let held = quarantine.check("d", at(now)).cloned();
                if deed == 0 {
                    quarantine.release("d", at(now));
                    since.clear();
                    prop_assert_eq!(quarantine.check("d", at(now)), None);
                    continue;
                }
                let sentence = quarantine.strike("d", "trap", at(now), &rules);
                if held.is_some() {
                    prop_assert_eq!(sentence, None);
                    prop_assert_eq!(quarantine.check("d", at(now)).cloned(), held);
                    continue;
                }
                since.push(now);
                let within = since.iter().filter(|then| now - **then < 600).count();
                prop_assert_eq!(sentence.is_some(), within >= strikes as usize);
                if let Some(sentence) = sentence {
                    let lasts = sentence.until.duration_since(at(now)).as_secs();
                    prop_assert!((60..=3600).contains(&lasts));
                    since.clear();
                }
            }
        }

        #[test]
        fn what_is_remembered_is_bounded(digests in prop::collection::vec("[a-z]{3}", 0..50)) {
            let mut quarantine = Quarantine::default();
            for number in 0..REMEMBERED {
                quarantine.strike(&number.to_string(), "trap", at(0), &QuarantineRules::default());
            }
            for digest in digests {
                quarantine.strike(&digest, "trap", at(1), &QuarantineRules::default());
                prop_assert!(quarantine.records.len() <= REMEMBERED);
            }
        }
    }
}
