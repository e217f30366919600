//! What came of an attack.

use orchestrator_e2e::Transcript;
use serde::Deserialize;
use serde_json::Value;

/// What came of one thing that the attacker tried.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "came", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Came {
    /// It was done.
    Done {
        /// What it gave: the text that was read, names with line ends between them, or nothing.
        text: String,
    },
    /// A program was started and has ended.
    Ended {
        /// Its exit code; none when a signal ended it.
        exit_code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// Whether its time was over.
        timed_out: bool,
        /// Whether more was printed than was kept.
        truncated: bool,
        /// What it printed.
        output: String,
    },
    /// It was refused.
    Refused {
        /// The code, as the SDK names it, or the kind of an error of the file system.
        code: String,
        /// Why.
        message: String,
    },
}

impl Came {
    /// Whether it was refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// The text that was read.
    ///
    /// # Panics
    /// When it was not done.
    #[must_use]
    pub fn text(&self) -> &str {
        let Self::Done { text } = self else { panic!("was not done: {self:?}") };
        text
    }

    /// Why it was refused.
    ///
    /// # Panics
    /// When it was not.
    #[must_use]
    pub fn refusal(&self) -> &str {
        let Self::Refused { message, .. } = self else { panic!("was not refused: {self:?}") };
        message
    }

    /// What the program printed.
    ///
    /// # Panics
    /// When none was started.
    #[must_use]
    pub fn output(&self) -> &str {
        let Self::Ended { output, .. } = self else { panic!("no program ran: {self:?}") };
        output
    }

    /// What a script says came of its attack: the last line of its output that is a verdict.
    ///
    /// # Panics
    /// When it printed none.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let lines = self.output().lines().rev();
        let mut verdicts = lines.filter_map(|line| serde_json::from_str(line).ok());
        verdicts.next().unwrap_or_else(|| panic!("the script came to no verdict: {self:?}"))
    }
}

/// What a script prints about its attack.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Verdict {
    /// `refused` or `succeeded`.
    pub outcome: String,
    /// The particulars.
    #[serde(default)]
    pub detail: Value,
}

impl Verdict {
    /// Checks that the wall held.
    ///
    /// # Panics
    /// When it did not.
    pub fn refused(&self) -> &Self {
        assert_eq!(self.outcome, "refused", "{self:?}");
        self
    }

    /// Checks that nothing stopped the attack, as it has to be without the wall.
    ///
    /// # Panics
    /// When something did.
    pub fn succeeded(&self) -> &Self {
        assert_eq!(self.outcome, "succeeded", "{self:?}");
        self
    }
}

/// A run of the attacker that came to its end: what came of each step.
#[derive(Debug, Clone)]
pub struct Report {
    /// What came of each step, in order.
    pub steps: Vec<Came>,
    /// The run's events.
    pub run: Transcript,
}

impl Report {
    /// Takes it from the events of a run.
    ///
    /// # Panics
    /// When the attacker did not come to its end.
    #[must_use]
    pub fn of(run: Transcript) -> Self {
        run.complete();
        let steps = run.output(crate::scene::STEP)["steps"].clone();
        let steps = serde_json::from_value(steps).unwrap_or_else(|error| panic!("{error} in {run}"));
        Self { steps, run }
    }

    /// What came of the last step.
    ///
    /// # Panics
    /// When there was none.
    #[must_use]
    pub fn last(&self) -> &Came {
        self.steps.last().expect("an attack has a step")
    }

    /// Checks that every step was refused.
    ///
    /// # Panics
    /// When one was not.
    pub fn all_refused(&self) -> &Self {
        let done: Vec<_> = self.steps.iter().filter(|came| !came.is_refused()).collect();
        assert!(done.is_empty(), "not refused: {done:#?} of {:#?}", self.steps);
        self
    }

    /// Checks that no step was refused.
    ///
    /// # Panics
    /// When one was.
    pub fn all_done(&self) -> &Self {
        let refused: Vec<_> = self.steps.iter().filter(|came| came.is_refused()).collect();
        assert!(refused.is_empty(), "refused: {refused:#?}");
        self
    }
}
