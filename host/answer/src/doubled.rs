//! A closing bracket that came twice: the last line of what a model sends is also the line that the file has next.
//!
//! Brackets within texts and comments are counted like others, so what counts is only what changes: a file whose brackets
//! came out even has one too many of a kind, and where the lines are alike, one below the other, there is one more than before.

/// Kinds of brackets.
const PAIRS: [(char, char); 3] = [('{', '}'), ('(', ')'), ('[', ']')];

/// Says which line `new` has twice that `old` has once, where a bracket is closed by it that was never opened.
#[must_use]
pub fn closer(old: &str, new: &str) -> Option<String> {
    pairs(new).next()?;
    let (before, after) = (balance(old), balance(new));
    let kind =
        (0..PAIRS.len()).find(|kind| after.get(*kind) == Some(&-1) && before.get(*kind) == Some(&0))?;
    let (_, close) = PAIRS.get(kind)?;
    let line = pairs(new).find(|line| line.contains(*close) && count(new, line) > count(old, line))?;
    Some(format!(
        "the line '{line}' closes what it has not opened, below one that is the same: write it once"
    ))
}

/// How many more brackets of each kind open than close.
fn balance(text: &str) -> [i64; PAIRS.len()] {
    let mut balance = [0; PAIRS.len()];
    for byte in text.bytes() {
        for (of_kind, (open, close)) in balance.iter_mut().zip(PAIRS) {
            let c = char::from(byte);
            *of_kind += i64::from(c == open) - i64::from(c == close);
        }
    }
    balance
}

/// Lines of closing brackets alone that come twice in a row, indented alike.
fn pairs(text: &str) -> impl Iterator<Item = &str> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let doubled = lines().zip(lines().skip(1)).filter(|(one, other)| one == other && is_closer(one));
    doubled.map(|(line, _)| line.trim())
}

/// How often a line of closing brackets comes right below one that is the same.
fn count(text: &str, line: &str) -> usize {
    pairs(text).filter(|other| *other == line).count()
}

fn is_closer(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['}', ')', ']']) && line.chars().all(|c| "})];,".contains(c))
}

#[cfg(test)]
mod tests {
    use super::closer;

    const OLD: &str = "const a = {\n  b: 2\n};\nf(a);\n";

    #[test]
    fn a_closer_that_came_twice_is_found() {
        for new in [
            "const a = {\n  b: 2,\n  c: 3\n};\n};\nf(a);\n",
            "const a = {\n  b: 2,\n  c: 3\n};\n\n};\nf(a);\n",
            "const a = {\n  b: 2\n};\nf(() => {\n});\nfunction g() {\n  if (a) {\n  }\n}\n}\n",
        ] {
            assert!(closer(OLD, new).is_some(), "{new}");
        }
    }

    #[test]
    fn other_closers_are_let_through() {
        for new in [
            OLD,
            "const a = {\n  b: {\n}\n}\nf(a);\n",
            "const a = {\n  b: 2\n};\nf('}');\n",
            "const a = {\n  b: 2\n}}\n",
        ] {
            assert_eq!(closer(OLD, new), None, "{new}");
        }
        // It was not even before.
        assert_eq!(closer("f('}');\n}\n", "f('}');\n}\n}\n"), None);
        assert_eq!(closer("}\n", "}\n}\n"), None);
    }
}
