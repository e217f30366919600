//! What there is to mend.

use agent_parts::view::View;
use orchestrator_sdk::{
    CommandOutcome, Context,
    prompt::{
        excerpt,
        locations::{self, Location},
    },
};
use serde::Deserialize;
use std::fmt::Write;

/// Bytes of a command's output that a request shows: about 2,500 tokens.
const OUTPUT: usize = 8_000;

/// A failure of this run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The last command failed.
    Command(CommandOutcome),
    /// An analyzer found something, and no command has failed.
    Findings(Vec<Finding>),
}

/// What an analyzer left.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Finding {
    file: String,
    line: Option<u32>,
    severity: String,
    evidence: String,
    suggestion: String,
}

#[derive(Deserialize)]
struct Analysis {
    findings: Vec<Finding>,
}

impl Failure {
    /// The failure to mend; none when there is none. A failed command comes first, because it can be tried again.
    pub(crate) fn of(context: &Context) -> Option<Self> {
        match &context.last_command {
            Some(outcome) if !outcome.succeeded() => return Some(Self::Command(outcome.clone())),
            // Whatever was found before was mended, or does no harm: the last word is that it works.
            Some(_) => return None,
            None => {}
        }
        let analysis: Analysis = context.last_output("analyzer")?.data_as()?;
        let mut findings = analysis.findings;
        findings.retain(|finding| finding.severity != "info");
        (!findings.is_empty()).then_some(Self::Findings(findings))
    }

    /// What people are told at the start.
    pub(crate) fn status(&self) -> String {
        match self {
            Self::Command(outcome) => {
                format!("{}: {}; looking for the cause", outcome.command_line(), outcome.ending())
            }
            Self::Findings(findings) => match findings.len() {
                1 => "The analysis found 1 problem; mending it".into(),
                count => format!("The analysis found {count} problems; mending them"),
            },
        }
    }

    /// The places in the project that the failure names, in order.
    pub(crate) fn places(&self, view: &View) -> Vec<Location> {
        match self {
            Self::Command(outcome) => locations::locations(&outcome.output, view.paths()),
            Self::Findings(findings) => findings
                .iter()
                .filter(|finding| view.has(&finding.file))
                .map(|finding| Location { path: finding.file.clone(), line: finding.line })
                .collect(),
        }
    }

    /// The failure as the model reads it.
    pub(crate) fn text(&self, places: &[Location]) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Command(outcome) => {
                let cut = if outcome.truncated { ", output cut" } else { "" };
                let command = outcome.command_line();
                let output = excerpt::excerpt(&outcome.output, OUTPUT);
                write!(text, "$ {command}\n{output}\n({}{cut})\n", outcome.ending())
            }
            Self::Findings(findings) => findings.iter().try_for_each(|finding| {
                let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
                writeln!(
                    text,
                    "- {} in {}{line}: {}\n  suggestion: {}",
                    finding.severity, finding.file, finding.evidence, finding.suggestion
                )
            }),
        };
        if !places.is_empty() {
            text.push_str("\nPlaces named:\n");
        }
        for place in places.iter().take(20) {
            let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
            let _ = writeln!(text, "- {}{line}", place.path);
        }
        text
    }
}
