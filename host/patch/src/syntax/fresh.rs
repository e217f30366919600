//! Whether a new file of data can be read: JSON or TOML that no tool could.

use super::{CHECKED_MAX, Fault, TOO_DEEP, is_template, language::Language};

/// Words in the paths of files that may be broken on purpose.
const ON_PURPOSE: [&str; 12] = [
    "test",
    "fixture",
    "spec",
    "mock",
    "sample",
    "example",
    "invalid",
    "broken",
    "malformed",
    "corrupt",
    "bad",
    "template",
];

/// Says why a new file at `path` is none of its language. Nothing for YAML, of which most texts are some, for an empty
/// file, for a template, and where the path says that it may be so on purpose. Comments are let through but in
/// `package.json`, which no tool reads with them.
#[must_use]
pub fn unsound(path: &str, content: &[u8]) -> Option<String> {
    let language = Language::of(path).filter(|language| *language != Language::Yaml)?;
    if content.len() > CHECKED_MAX || content.trim_ascii().is_empty() || is_on_purpose(path) {
        return None;
    }
    let fault = language.check(content).err()?;
    let is_package = path.rsplit('/').next() == Some("package.json");
    let with_comments = language.with_comments().filter(|_| !is_package);
    if with_comments.is_some_and(|language| language.check(content).is_ok())
        || TOO_DEEP.contains(&fault.message.as_ref())
        || memchr::memmem::find(content, b"<%").is_some()
        || is_template(content, &fault)
    {
        return None;
    }
    let Fault { message, line, column } = &fault;
    let lines: Vec<String> =
        fault.lines(content).into_iter().map(|(number, text)| format!("line {number} is `{text}`")).collect();
    let shown = if lines.is_empty() { String::new() } else { format!(" ({})", lines.join(", ")) };
    Some(format!("it is no valid {language}: {message} at line {line} column {column}{shown}"))
}

fn is_on_purpose(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.split(|c: char| !c.is_alphanumeric())
        .any(|word| ON_PURPOSE.iter().any(|known| word.strip_suffix('s').unwrap_or(word) == *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_of_data_is_one() {
        for (path, content) in [
            ("package.json", "{\"name\": \"x\"}\n</file>\n"),
            ("package.json", "{\n  // a\n  \"name\": \"x\"\n}\n"),
            ("data/a.json", "{\"a\": 1\n"),
            ("tsconfig.json", "{\"a\": }\n"),
            ("Cargo.toml", "[package\nname = 1\n"),
        ] {
            assert!(unsound(path, content.as_bytes()).is_some(), "{path}: {content}");
        }
        for (path, content) in [
            ("package.json", "{\"name\": \"x\"}\n"),
            ("a.json", "\n"),
            ("a.json", "// a\n{\"a\": 1,}\n"),
            ("tests/fixtures/a.json", "{"),
            ("broken.json", "{"),
            ("a.json", "{\n  {% if a %}\n  \"a\": 1\n  {% endif %}\n}\n"),
            ("tsconfig.json", "{\n  \"strict\": <%= strict %>\n}\n"),
            ("a.yaml", "a: [\n"),
            ("a.js", "{"),
        ] {
            assert_eq!(unsound(path, content.as_bytes()), None, "{path}: {content}");
        }
    }

    #[test]
    fn it_says_where_and_why() {
        insta::assert_snapshot!(
            unsound("package.json", b"{\"name\": \"x\"}\n</file>\n").unwrap_or_default(),
            @"it is no valid JSON: trailing characters at line 2 column 1 (line 1 is `{\"name\": \"x\"}`, line 2 is `</file>`)"
        );
    }
}
