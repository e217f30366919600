//! Where the story is told: a terminal with a bar at the bottom, a pipe with plain lines, or a program that wants JSON.

use super::{line::Line, narrator::Narrator};
use crate::{error::CliError, logging::WholeLine, output};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use orchestrator::Event;
use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};
use tracing_subscriber::fmt::MakeWriter;

/// How the bar looks: what turns, how far, who does what, for how long.
const BAR: &str = "{spinner:.cyan} {bar:24.cyan/black.bright} {percent:>3}%  {wide_msg}  {elapsed:.dim}";
/// The same before there is progress.
const SPINNER: &str = "{spinner:.cyan} {wide_msg:.dim}";
/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Where the story is told.
pub(crate) enum Screen {
    Terminal(ProgressBar),
    Plain,
    Json,
}

impl Screen {
    /// The screen that standard output is, unless JSON is asked for.
    pub(crate) fn open(json: bool) -> Self {
        if json {
            return Self::Json;
        }
        if !io::stdout().is_terminal() {
            return Self::Plain;
        }
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stdout());
        Self::Terminal(bar)
    }

    /// Shows that something is under way before the run begins.
    pub(super) fn busy(&self, what: &str) {
        if let Self::Terminal(bar) = self {
            set_style(bar, SPINNER);
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(TICK);
        }
    }

    /// Says a line on standard error, past the bar.
    pub(super) fn note(&self, text: &str) {
        match self {
            Self::Terminal(bar) => bar.suspend(|| output::complain(text)),
            Self::Plain | Self::Json => output::complain(text),
        }
    }

    /// Tells one line.
    pub(super) fn tell(&self, line: &Line) -> Result<(), CliError> {
        match self {
            Self::Terminal(bar) => {
                let width = usize::from(console::Term::stdout().size().1);
                bar.suspend(|| output::line(&line.render(console::colors_enabled(), width)))
            }
            Self::Plain => output::line(&line.render(false, usize::MAX)),
            Self::Json => Ok(()),
        }
    }

    /// Shows an event: as JSON, or as what the narrator makes of it.
    pub(crate) fn show(&self, event: &Event, narrator: &mut Narrator) -> Result<(), CliError> {
        if let Self::Json = self {
            let json = serde_json::to_string(event).map_err(|error| CliError::Output(error.into()))?;
            return output::line(&json);
        }
        for line in narrator.lines(event) {
            self.tell(&line)?;
        }
        if let Self::Terminal(bar) = self {
            if bar.position() == 0 && event.progress == 0 && event.seq == 1 {
                set_style(bar, BAR);
                bar.reset_elapsed();
            }
            bar.set_position(event.progress.into());
            bar.set_message(narrator.now());
        }
        Ok(())
    }

    /// Takes the bar away.
    pub(crate) fn close(&self) {
        if let Self::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }

    /// Where log lines go: past the bar, if there is one.
    pub(super) fn log_writer(&self) -> impl for<'a> MakeWriter<'a> + Send + Sync + use<> {
        let bar = match self {
            Self::Terminal(bar) => bar.clone(),
            Self::Plain | Self::Json => ProgressBar::hidden(),
        };
        move || {
            let bar = bar.clone();
            WholeLine::new(move |bytes: &[u8]| {
                // A log line that cannot be written has nowhere to complain.
                bar.suspend(|| drop(io::stderr().write_all(bytes)));
            })
        }
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("━╸━").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
