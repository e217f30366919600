//! The events of a whole run, and what holds of every run.

use crate::Line;
use serde_json::Value;

/// All events of one run, from the first to the terminal one.
#[derive(Debug, Clone)]
pub struct Transcript(pub Vec<Value>);

/// An event in a word: its type, and of a status its state, such as `status:accepted`.
#[must_use]
pub fn label(event: &Value) -> String {
    let kind = event["type"].as_str().unwrap_or("(no type)");
    match (kind, event["data"]["state"].as_str()) {
        ("status", Some(state)) => format!("status:{state}"),
        _ => kind.to_owned(),
    }
}

fn is_terminal(event: &Value) -> bool {
    event["type"] == "complete" || event["data"]["terminal"] == true
}

impl Transcript {
    /// Takes the events of a whole run.
    ///
    /// # Panics
    /// When they are not as the events of every run are: numbered from 1 without a gap, of one run, with a progress
    /// that begins at 0, never falls and is 100 in `complete` alone, and with one terminal event, the last.
    #[must_use]
    pub fn of(lines: &[Line]) -> Self {
        let events: Vec<_> = lines.iter().map(Line::json).collect();
        let mut progress = 0;
        for (index, (line, event)) in lines.iter().zip(&events).enumerate() {
            assert_eq!(line.id, (index + 1).to_string(), "ids have no gap: {event}");
            assert_eq!(event["seq"], index + 1, "numbers have no gap: {event}");
            assert_eq!(event["run_id"], events[0]["run_id"], "all are of one run: {event}");
            assert!(event["message"].is_string() && event["time"].is_string(), "{event}");
            let now = event["progress"].as_u64().unwrap_or_else(|| panic!("no progress in {event}"));
            assert!(index > 0 || now == 0, "the first event has progress 0: {event}");
            assert!(now >= progress, "progress never falls, and was {progress}: {event}");
            assert_eq!(now == 100, event["type"] == "complete", "100 is for complete: {event}");
            progress = now;
            assert_eq!(
                is_terminal(event),
                index + 1 == events.len(),
                "one terminal event, the last: {event}"
            );
        }
        assert!(!events.is_empty(), "a run has events");
        Self(events)
    }

    /// The run's id.
    ///
    /// # Panics
    /// Never: every event has one.
    #[must_use]
    pub fn run_id(&self) -> &str {
        self.0[0]["run_id"].as_str().expect("every event has a run id")
    }

    /// The last event.
    #[must_use]
    pub fn last(&self) -> &Value {
        &self.0[self.0.len() - 1]
    }

    /// The last event of a run that went well.
    ///
    /// # Panics
    /// When it did not.
    pub fn complete(&self) -> &Value {
        assert_eq!(self.last()["type"], "complete", "{self}");
        self.last()
    }

    /// The last event of a run that ended in an error of this code.
    ///
    /// # Panics
    /// When it ended in another way.
    pub fn failed(&self, code: &str) -> &Value {
        assert_eq!(
            (&self.last()["type"], &self.last()["data"]["code"]),
            (&"error".into(), &code.into()),
            "{self}"
        );
        self.last()
    }

    /// The events with this label; see [`label`].
    #[must_use]
    pub fn all(&self, wanted: &str) -> Vec<&Value> {
        self.0.iter().filter(|event| label(event) == wanted).collect()
    }

    /// The event with this label.
    ///
    /// # Panics
    /// When there is not exactly one.
    #[must_use]
    pub fn only(&self, wanted: &str) -> &Value {
        match self.all(wanted).as_slice() {
            [one] => one,
            several => panic!("{} events are {wanted}: {self}", several.len()),
        }
    }

    /// The labels of all events, each run of equal ones as one.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let mut labels: Vec<_> = self.0.iter().map(label).collect();
        labels.dedup();
        labels
    }

    /// What the agent of the step with this name returned, the last time.
    ///
    /// # Panics
    /// When the step was never done.
    #[must_use]
    pub fn output(&self, step: &str) -> &Value {
        let done = self.all("status:step_succeeded").into_iter().rfind(|event| event["step_name"] == step);
        &done.unwrap_or_else(|| panic!("'{step}' was not done: {self}"))["data"]["output"]
    }

    /// Digest of a plugin as the run kept it.
    ///
    /// # Panics
    /// When the run kept none of this name.
    #[must_use]
    pub fn digest(&self, plugin: &str) -> &str {
        let plugins = self.0[0]["data"]["plugins"].as_array().map(Vec::as_slice).unwrap_or_default();
        let kept = plugins.iter().find(|kept| kept["name"] == plugin);
        kept.and_then(|kept| kept["digest"].as_str())
            .unwrap_or_else(|| panic!("no '{plugin}' in {plugins:?}"))
    }
}

impl std::fmt::Display for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for event in &self.0 {
            let at = event["step_name"].as_str().unwrap_or("-");
            writeln!(
                f,
                "{:>4} {} [{at}] {} {}",
                event["seq"],
                label(event),
                event["message"],
                event["data"]
            )?;
        }
        Ok(())
    }
}
