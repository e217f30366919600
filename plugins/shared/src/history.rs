//! What was tried before in this run, one line each.

use orchestrator_sdk::Context;

/// What an agent of this type did in earlier rounds, and what failed meanwhile, oldest first; none when nothing was.
#[must_use]
pub fn attempts(context: &Context, agent: &str) -> Option<String> {
    let done = context.outputs.iter().filter(|output| output.agent == agent);
    let done = done.map(|output| format!("- tried: {}", first_line(&output.summary)));
    let failed = context.errors.iter().map(|error| format!("- failed: {}", first_line(error)));
    let lines: Vec<_> = done.chain(failed).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn first_line(text: &str) -> &str {
    let line = text.trim().lines().next().unwrap_or_default();
    orchestrator_sdk::prompt::excerpt::cut(line, 300)
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{StepOutput, testing::Host};

    #[test]
    fn earlier_attempts_are_one_line_each() {
        let output = |agent: &str, summary: &str| StepOutput {
            step: "s".into(),
            agent: agent.into(),
            summary: summary.into(),
            data: "null".into(),
        };
        let host = Host::new().with_run(|run| {
            run.outputs =
                vec![output("fixer", "Returned the copy\nand more"), output("writer", "Wrote 3 files")];
            run.errors = vec!["the diff was refused".into()];
        });
        let text = attempts(&host.context("x"), "fixer").unwrap();
        assert_eq!(text, "- tried: Returned the copy\n- failed: the diff was refused");
        assert_eq!(attempts(&Host::new().context("x"), "fixer"), None);
    }
}
