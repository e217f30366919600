//! Which files a model gets to see: whole ones, the nearest first, under a budget of tokens.
//!
//! A model that sees everything reads the wrong things, and it is paid for by the token. A file cut in half is worse
//! than none, because models fill in the rest; so a file that does not fit is left out and named.

use crate::{Error, error::ErrorCode, workspace::Entry};
use std::collections::HashSet;

/// Tokens for files, unless an operator or the agent says otherwise.
pub const BUDGET: usize = 24_000;

/// The files that were chosen, and what was not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chosen {
    /// Path and content, in the order they were wanted in.
    pub files: Vec<(String, String)>,
    /// Paths that were wanted and are left out: they do not fit, or are no text.
    pub left_out: Vec<String>,
    /// About how many tokens the files are.
    pub tokens: usize,
    /// How many they might be.
    pub budget: usize,
}

impl Chosen {
    /// Path and content of each file, for [`crate::prompt::Prompt::files`].
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_str()))
    }

    /// What the model should be told about files that exist and that it does not see.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        if self.left_out.is_empty() {
            return None;
        }
        Some(format!("Left out here for length, though they exist: {}.", self.left_out.join(", ")))
    }
}

/// About how many tokens a text is. On the safe side for code in every tokenizer in use (they give 3 to 4 bytes to a
/// token there), because a request over a model's limit is refused as a whole.
#[must_use]
pub fn estimate_tokens(text: &str) -> usize {
    text.len().div_ceil(3)
}

/// Takes files in the order given, as long as they fit into the budget. One that does not fit is passed over and the next
/// is tried; one that cannot be read as text is left out.
///
/// # Errors
/// What `read` answers when the run is cancelled or the disk fails.
pub fn choose<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
    budget: usize,
    mut read: impl FnMut(&str) -> Result<String, Error>,
) -> Result<Chosen, Error> {
    let mut chosen = Chosen { budget, ..Chosen::default() };
    for path in wanted {
        let content = match read(path) {
            Ok(content) => content,
            Err(Error {
                code: ErrorCode::InvalidInput | ErrorCode::LimitExceeded | ErrorCode::NotFound,
                ..
            }) => {
                chosen.left_out.push(path.to_owned());
                continue;
            }
            Err(error) => return Err(error),
        };
        let tokens = estimate_tokens(&content);
        if chosen.tokens + tokens > budget {
            chosen.left_out.push(path.to_owned());
            continue;
        }
        chosen.tokens += tokens;
        chosen.files.push((path.to_owned(), content));
    }
    Ok(chosen)
}

/// Every file worth showing, ordered by how near it is to the anchors: the anchors themselves in their order, then files
/// that share a name with one (a test and what it tests), then by distance in the tree of folders.
///
/// Lock files, minified code and files whose ending says that they are no text are not worth showing.
#[must_use]
pub fn nearest<'a>(entries: &'a [Entry], anchors: &[&str]) -> Vec<&'a str> {
    let anchors: Vec<&str> = unique(anchors);
    let mut ranked: Vec<(usize, &str)> = entries
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| is_worth_showing(path))
        .map(|path| (rank(path, &anchors), path))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, path)| path).collect()
}

fn unique<'a>(paths: &[&'a str]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    paths.iter().copied().filter(|path| seen.insert(*path)).collect()
}

fn rank(path: &str, anchors: &[&str]) -> usize {
    if let Some(place) = anchors.iter().position(|anchor| *anchor == path) {
        return place;
    }
    let kin = anchors.iter().any(|anchor| stem(anchor) == stem(path));
    let far = anchors
        .iter()
        .map(|anchor| distance(anchor, path))
        .min()
        .unwrap_or_else(|| path.matches('/').count());
    anchors.len() + if kin { 0 } else { 1 + far }
}

/// The name without folders, endings and the marks of tests: `store` for `test/store.test.js` and `test_store.py`.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split('.').next().unwrap_or(name);
    name.trim_start_matches("test_").trim_end_matches("_test")
}

/// How many folders lie between two files, up and down.
fn distance(a: &str, b: &str) -> usize {
    let common = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
    a.matches('/').count().saturating_sub(common) + b.matches('/').count().saturating_sub(common)
}

/// Whether a file is text that somebody wrote, going by its name.
#[must_use]
pub fn is_worth_showing(path: &str) -> bool {
    const NAMES: [&str; 9] = [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "go.sum",
    ];
    const ENDINGS: [&str; 27] = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".icns", ".pdf", ".zip", ".gz", ".tar", ".woff",
        ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".webm", ".wasm", ".so", ".dll", ".exe", ".db",
        ".sqlite", ".map", ".pyc",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    !NAMES.contains(&name)
        && !lower.contains(".min.")
        && !ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(paths: &[&str]) -> Vec<Entry> {
        paths.iter().map(|path| Entry { path: (*path).into(), size: 1 }).collect()
    }

    #[test]
    fn anchors_come_first_then_kin_then_neighbours() {
        let files = entries(&[
            "README.md",
            "package-lock.json",
            "src/app.js",
            "src/deep/er/far.js",
            "src/logo.png",
            "src/store.js",
            "test/other.test.js",
            "test/store.test.js",
        ]);
        assert_eq!(
            nearest(&files, &["src/store.js", "src/store.js"]),
            [
                "src/store.js",
                "test/store.test.js",
                "src/app.js",
                "README.md",
                "src/deep/er/far.js",
                "test/other.test.js",
            ]
        );
    }

    #[test]
    fn without_anchors_the_top_of_the_project_comes_first() {
        let files = entries(&["a/b/c.js", "a/d.js", "main.js"]);
        assert_eq!(nearest(&files, &[]), ["main.js", "a/d.js", "a/b/c.js"]);
    }

    #[test]
    fn files_are_taken_whole_or_not_at_all() {
        let read = |path: &str| Ok("x".repeat(if path == "large" { 400 } else { 100 }));
        let chosen = choose(["small", "large", "other"], 100, read).unwrap();
        let paths: Vec<_> = chosen.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["small", "other"]);
        assert_eq!(chosen.left_out, ["large"]);
        assert!(chosen.tokens <= chosen.budget);
        assert!(chosen.note().unwrap().contains("large"));
    }

    #[test]
    fn a_file_that_is_no_text_is_left_out_and_a_cancelled_run_is_not_mistaken_for_one() {
        let chosen = choose(["image"], 100, |_| Err(Error::invalid_input("not UTF-8"))).unwrap();
        assert_eq!(chosen.left_out, ["image"]);
        assert_eq!(choose(["a"], 100, |_| Err(Error::cancelled())).unwrap_err().code, ErrorCode::Cancelled);
    }
}
