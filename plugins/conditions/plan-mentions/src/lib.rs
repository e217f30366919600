//! Holds when the plan mentions a word, such as `React`.
//!
//! A whole word, whatever its case: `react` is found in `React app` and in `src/react/App.tsx`, not in `reaction`. Where
//! words end is decided by what surrounds the match, not by cutting the text into words first, so that a word may itself
//! hold anything (`c++`, `node.js`, `two words`).

use orchestrator_sdk::{Plan, prelude::*};

struct PlanMentions;

impl Condition for PlanMentions {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("plan-mentions", env!("CARGO_PKG_VERSION"))
            .purpose(
                "Holds when the plan's summary, stack, file paths or acceptance criteria hold the word, whole and in \
                 any case; not while there is no plan.",
            )
            .parameters(["word"])
    }

    fn evaluate(context: Context, args: Vec<String>) -> Result<bool, Error> {
        let [word] = args.as_slice() else {
            let message = format!("plan-mentions takes one word, and got {} arguments", args.len());
            return Err(Error::invalid_input(message));
        };
        if word.trim().is_empty() {
            return Err(Error::invalid_input("plan-mentions takes a word, and got an empty one"));
        }
        Ok(context.plan.as_ref().is_some_and(|plan| plan_mentions(plan, word.trim())))
    }
}

export_condition!(PlanMentions);

fn plan_mentions(plan: &Plan, word: &str) -> bool {
    let paths = plan.files.iter().map(|file| file.path.as_str());
    let texts = [plan.summary.as_str(), plan.stack.as_str()];
    let word = word.to_lowercase();
    texts
        .into_iter()
        .chain(paths)
        .chain(plan.acceptance_criteria.iter().map(String::as_str))
        .any(|text| mentions(&text.to_lowercase(), &word))
}

/// Whether the text holds the word with no letter or digit next to it. An end of the word that is itself neither may
/// stand next to anything.
fn mentions(text: &str, word: &str) -> bool {
    let joins = |inside: Option<char>, outside: Option<char>| {
        inside.is_some_and(char::is_alphanumeric) && outside.is_some_and(char::is_alphanumeric)
    };
    text.match_indices(word).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        !joins(found.chars().next(), before) && !joins(found.chars().next_back(), after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{PlannedFile, testing::Host};

    fn plan() -> Plan {
        Plan {
            summary: "A todo app in React".into(),
            stack: "React 19 by import map; no build step. Übung in C++".into(),
            files: vec![PlannedFile {
                path: "src/todo_list.js".into(),
                purpose: "mentions vue in passing".into(),
            }],
            commands: Vec::new(),
            acceptance_criteria: vec!["works offline".into()],
        }
    }

    fn holds(word: &str) -> bool {
        let host = Host::new().with_run(|run| run.plan = Some(plan()));
        host.evaluate::<PlanMentions>(&[word]).unwrap()
    }

    #[test]
    fn a_whole_word_is_found_in_any_case_and_place() {
        for word in ["react", "REACT", "todo", "list", "src", "offline", "c++", "import map", "übung"] {
            assert!(holds(word), "{word}");
        }
    }

    #[test]
    fn a_part_of_a_word_and_a_purpose_are_not_mentions() {
        for word in ["rea", "act", "off", "vue", "c+++"] {
            assert!(!holds(word), "{word}");
        }
    }

    #[test]
    fn without_a_plan_nothing_is_mentioned() {
        assert!(!Host::new().evaluate::<PlanMentions>(&["react"]).unwrap());
    }

    #[test]
    fn an_empty_word_and_a_wrong_number_of_words_are_refused() {
        assert!(Host::new().evaluate::<PlanMentions>(&[" "]).is_err());
        assert!(Host::new().evaluate::<PlanMentions>(&["a", "b"]).is_err());
    }
}
