//! What runners of several projects write before each line: whose it is.

/// The line behind such a prefix, and whether the prefix says that tests are at work.
pub(crate) fn behind(line: &str) -> Option<(&str, bool)> {
    let (owner, rest) = ["| ", ": "]
        .iter()
        .find_map(|between| line.split_once(between).filter(|(owner, _)| is_owner(owner.trim_end())))?;
    let mut words = owner.split([':', ' ', '/']);
    Some((rest.trim(), words.any(|word| word == "test" || word == "tests")))
}

/// Whether this names a project, or a project and a script of it.
fn is_owner(text: &str) -> bool {
    let is_word = |word: &str| {
        word.chars().all(|letter| letter.is_alphanumeric() || "@/._:-[]".contains(letter))
            && word.contains(|letter: char| letter.is_alphabetic())
    };
    !text.is_empty() && text.split(' ').count() <= 2 && text.split(' ').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_runners_are_known() {
        for (line, rest) in [
            ("api:test: Tests: 1 failed", Some(("Tests: 1 failed", true))),
            ("@a/b: Tests: 1 failed", Some(("Tests: 1 failed", false))),
            ("web-1  | Tests: 1 failed", Some(("Tests: 1 failed", false))),
            ("packages/a test: Tests: 1 failed", Some(("Tests: 1 failed", true))),
            ("the last of all: 3 passed", None),
            ("3 passed", None),
        ] {
            assert_eq!(behind(line), rest, "{line}");
        }
    }
}
