//! Which of the project's files a program's output names, and where.
//!
//! Each tool writes places in its own way: `src/a.js:3:7`, `File "a.py", line 3`, `--> src/a.rs:3:7`,
//! `at f (file:///project/src/a.js:3:7)`. Instead of one pattern per tool, every word of the output is compared with the
//! paths that exist: a word that ends in one of them names that file, and a number behind it is the line.

use std::collections::HashMap;

/// A place in a file that some output named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Relative to the project's root, with `/`.
    pub path: String,
    /// From 1; none when only the file was named.
    pub line: Option<u32>,
}

/// Code of others: it is named in traces, and it is never what has to change.
const FOREIGN: [&str; 4] = ["node_modules/", "site-packages/", ".cargo/registry/", "node:internal/"];

/// The places that the output names, each once, in the order of their first appearance.
#[must_use]
pub fn locations<'a>(output: &str, paths: impl IntoIterator<Item = &'a str>) -> Vec<Location> {
    let known = Known::new(paths);
    let mut found: Vec<Location> = Vec::new();
    for line in output.lines() {
        let mut words = line
            .split(|c: char| c.is_whitespace() || "()[]<>'\"`,".contains(c))
            .filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            let Some((path, number)) = known.place(word) else { continue };
            // Python: `File "a.py", line 3`.
            let number = number.or_else(|| {
                let mut ahead = words.clone();
                (ahead.next() == Some("line")).then(|| ahead.next()?.parse().ok()).flatten()
            });
            let location = Location { path: path.to_owned(), line: number };
            if !found.contains(&location) {
                found.push(location);
            }
        }
    }
    found
}

/// The project's paths by their last part, so that a word is compared with few of them.
struct Known<'a> {
    by_name: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Known<'a> {
    fn new(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for path in paths {
            let name = path.rsplit('/').next().unwrap_or(path);
            by_name.entry(name).or_default().push(path);
        }
        Self { by_name }
    }

    /// The file that a word names, and the line behind it.
    fn place(&self, word: &str) -> Option<(&'a str, Option<u32>)> {
        if FOREIGN.iter().any(|foreign| word.contains(foreign)) {
            return None;
        }
        let word = word.trim_end_matches([':', ';', '.', ',']);
        let mut parts = word.split(':').rev();
        let numbers = parts.clone().take_while(|part| is_number(part)).count();
        // `a.js:3:7`: the line is the number that stands next to the path.
        let line =
            numbers.checked_sub(1).and_then(|place| parts.nth(place)).and_then(|part| part.parse().ok());
        let path = word.rsplitn(numbers + 1, ':').last()?;
        let path = path.rsplit("://").next().unwrap_or(path).trim_start_matches("./");
        let name = path.rsplit('/').next()?;
        let candidates = self.by_name.get(name)?.iter();
        let names = candidates.filter(|known| {
            path == **known || path.strip_suffix(**known).is_some_and(|rest| rest.ends_with('/'))
        });
        names.max_by_key(|known| known.len()).map(|known| (*known, line))
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: [&str; 6] =
        ["src/store.js", "test/store.test.js", "app/main.py", "src/main.rs", "store.js", "Makefile"];

    fn found(output: &str) -> Vec<(String, Option<u32>)> {
        locations(output, PATHS).into_iter().map(|location| (location.path, location.line)).collect()
    }

    #[test]
    fn places_are_found_as_the_usual_tools_write_them() {
        for (output, path, line) in [
            ("    at toggle (file:///project/src/store.js:12:5)", "src/store.js", Some(12)),
            ("  File \"/tmp/x/app/main.py\", line 7, in run", "app/main.py", Some(7)),
            ("  --> src/main.rs:3:9", "src/main.rs", Some(3)),
            ("./test/store.test.js:40: expected 1", "test/store.test.js", Some(40)),
            ("location: '/project/test/store.test.js:21:1'", "test/store.test.js", Some(21)),
            ("make: *** No rule in Makefile.", "Makefile", None),
        ] {
            assert_eq!(found(output), [(path.to_owned(), line)], "{output}");
        }
    }

    #[test]
    fn of_two_files_with_one_name_the_longer_match_is_meant() {
        assert_eq!(found("/a/src/store.js:1"), [("src/store.js".to_owned(), Some(1))]);
        assert_eq!(found("/a/lib/store.js:1"), [("store.js".to_owned(), Some(1))]);
    }

    #[test]
    fn code_of_others_and_other_words_are_no_places() {
        assert_eq!(found("at /project/node_modules/x/src/store.js:1:1 and mystore.js:3 in 12:30:01"), []);
    }

    #[test]
    fn each_place_is_told_once_and_in_order() {
        let places = found("src/store.js:2\nsrc/main.rs:1\nsrc/store.js:2\nsrc/store.js:9");
        let lines: Vec<_> = places.iter().map(|(path, line)| (path.as_str(), line.unwrap())).collect();
        assert_eq!(lines, [("src/store.js", 2), ("src/main.rs", 1), ("src/store.js", 9)]);
    }
}
