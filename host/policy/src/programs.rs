//! Which programs one plugin may start.

use crate::pattern::Pattern;
use orchestrator_core::{ErrorCode, Failure};

/// Which programs one plugin may start, and where that was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programs {
    /// The plugin, for messages.
    pub plugin: String,
    /// What is allowed; nothing else is.
    pub patterns: Vec<Pattern>,
    /// Where that was said; empty when nobody said anything.
    pub from: String,
}

impl Programs {
    /// Passes when one of the patterns accepts the argument list, the program included.
    ///
    /// # Errors
    /// [`ErrorCode::Denied`], naming the plugin, the command, where the list is, and the line to add.
    pub fn check(&self, argv: &[String]) -> Result<(), Failure> {
        match self.patterns.iter().any(|pattern| pattern.accepts(argv)) {
            true => Ok(()),
            false => Err(Failure::new(ErrorCode::Denied, self.denial(argv))),
        }
    }

    /// Whether a program of this name can be among what is allowed.
    #[must_use]
    pub fn names(&self, program: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.names(program))
    }

    fn denial(&self, argv: &[String]) -> String {
        let Self { plugin, patterns, from } = self;
        let command: String = argv.join(" ").chars().filter(|c| !c.is_control()).take(200).collect();
        let list = match patterns.is_empty() {
            true => "it has no list of programs".to_owned(),
            false => format!("none of the programs that {from} lists for it matches"),
        };
        let mut lines: Vec<String> = patterns.iter().map(|pattern| quoted(&pattern.to_string())).collect();
        lines.push(quoted(&as_pattern(argv)));
        format!(
            "plugin '{plugin}' may not start '{command}': {list}; to allow it, write into the policy file, under \
             [plugin.{plugin}]: programs = [{}]",
            lines.join(", ")
        )
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A pattern that accepts this list; arguments that a pattern cannot spell become the type that takes them.
fn as_pattern(argv: &[String]) -> String {
    let word = |(index, argument): (usize, &String)| {
        let literal = Pattern::of_words(["x", argument.as_str()]).is_ok()
            && !argument.is_empty()
            && !argument.contains(|c: char| c.is_whitespace() || c.is_control());
        match literal || index == 0 {
            true => argument.chars().filter(|c| !c.is_control()).take(200).collect(),
            false => "{any}".to_owned(),
        }
    };
    argv.iter().enumerate().take(16).map(word).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn programs(patterns: &[&str]) -> Programs {
        let patterns = patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
        Programs { plugin: "tester".into(), patterns, from: "policy.toml:4".into() }
    }

    #[test]
    fn a_denial_names_plugin_command_place_and_line_to_add() {
        let denied = programs(&["npm test"]).check(&argv(&["npm", "publish", "a b"])).unwrap_err();
        assert_eq!(denied.code, ErrorCode::Denied);
        insta::assert_snapshot!(denied.message, @"plugin 'tester' may not start 'npm publish a b': none of the programs that policy.toml:4 lists for it matches; to allow it, write into the policy file, under [plugin.tester]: programs = [\"npm test\", \"npm publish {any}\"]");
    }

    #[test]
    fn no_list_allows_nothing() {
        assert!(Programs::default().check(&argv(&["true"])).is_err());
        assert!(Programs::default().check(&[]).is_err());
        assert!(!Programs::default().names("npm"));
    }

    #[test]
    fn the_line_that_a_denial_proposes_allows_the_command() {
        for words in [&["git", "push"][..], &["x", "a b", "*", "", "{any}"], &["node", "-e", "1;\n2"]] {
            let pattern = Pattern::parse(&as_pattern(&argv(words))).unwrap();
            assert!(pattern.accepts(&argv(words)), "{pattern}");
        }
    }
}
