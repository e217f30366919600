//! Which file a fenced block is, when its answer has no tags.
//!
//! Models that forget the tags still say where code belongs: behind the language (`js src/a.js`, `js:src/a.js`,
//! `js title="src/a.js"`), or in a line of its own before the block (`**src/a.js**`, `` `src/a.js`: ``,
//! `### src/a.js`). These are taken; sentences that mention a file are not, and neither is a comment in the first line
//! of the code, since code that shows a usage often begins with one that names the file used.
//!
//! A wrong guess writes a file that nobody asked for, a missed one costs a repair round. So only what looks like a
//! file of a project counts, by a list of endings and names, and blocks in the languages of terminals and diffs never
//! do: what they say is to be run or applied, not kept.

use orchestrator_core::RelativePath;

/// Longest path that is guessed, in bytes.
const GUESS_MAX: usize = 200;

/// Languages of blocks that are no files.
const NO_FILES: &str = "diff patch udiff sh bash shell zsh fish console terminal shell-session shellsession sh-session \
    powershell ps1 pwsh bat batch cmd dos output log tree mermaid";

/// Endings of files that projects consist of.
const ENDINGS: &str = "astro bat c cc cfg cjs clj cmake conf cpp cs csproj css csv cts cxx dart elm erl ex exs fs go gradle \
    graphql groovy h hbs hcl hpp hs htm html ini ipynb java jl js json json5 jsonc jsx kt kts less lock \
    lua m md mdx mjs ml mod mts nim nix php pl prisma properties proto ps1 py pyi r rb rs rst sass scala \
    scss sh sql styl sum svelte svg swift tf toml ts tsx txt v vue wasm wat webmanifest wit xml yaml yml \
    zig env example markdown";

/// Files that have no ending.
const NAMES: &str = "Dockerfile Containerfile Makefile Rakefile Gemfile Procfile Vagrantfile Jenkinsfile Justfile \
    justfile LICENSE NOTICE CODEOWNERS CMakeLists.txt";

/// Names of products that look like files.
const PRODUCTS: &str = "node.js next.js vue.js nuxt.js express.js react.js three.js d3.js chart.js ember.js angular.js \
    backbone.js alpine.js discord.js socket.io moment.js p5.js solid.js";

/// What names a path in a block's first line.
const KEYS: [&str; 5] = ["title", "filename", "file", "path", "name"];

/// Words before a path in a line of its own.
const LABELS: [&str; 5] = ["file:", "filename:", "file name:", "path:", "file path:"];

/// The file that a block is whose fence is followed by `info` and comes after the line `before`.
pub(crate) fn path(info: &str, before: Option<&str>) -> Option<RelativePath> {
    let first = info.split_whitespace().next().unwrap_or_default();
    let language = first.split([':', '{']).next().unwrap_or_default().to_ascii_lowercase();
    if is_one_of(&language, NO_FILES) {
        return None;
    }
    match in_info(info) {
        Guess::One(path) => Some(path),
        Guess::None => plain_line(before?).and_then(plausible),
        Guess::Several => None,
    }
}

enum Guess {
    None,
    One(RelativePath),
    Several,
}

fn in_info(info: &str) -> Guess {
    let mut guess = Guess::None;
    for (index, word) in info.split_whitespace().enumerate() {
        let candidate = match (index, word.split_once('=')) {
            (_, Some((key, value))) => {
                if !KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)) {
                    continue;
                }
                value.trim_matches(['"', '\''])
            }
            // The first word is the language, unless it can be none.
            (0, None) => match word.split_once(':') {
                Some((_, path)) => path,
                None if word.contains('/') => word,
                None => continue,
            },
            (_, None) => word.trim_matches(['"', '\'', '(', ')']),
        };
        match (plausible(candidate), &guess) {
            (Some(path), Guess::None) => guess = Guess::One(path),
            (Some(path), Guess::One(known)) if path == *known => {}
            (Some(_), _) => return Guess::Several,
            (None, _) => {}
        }
    }
    guess
}

/// What is left of a line without the marks of Markdown around it.
fn plain_line(line: &str) -> Option<&str> {
    let mut text = line.trim().trim_start_matches('#').trim();
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if number.len() < text.len()
        && let Some(rest) = number.strip_prefix(". ").or_else(|| number.strip_prefix(") "))
    {
        text = rest.trim();
    }
    text = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).unwrap_or(text);
    let marks = ['*', '`', '_', ':', ' '];
    // An underscore may begin a name; with a mark of another kind before it, it does.
    text = text.trim_start_matches(['*', '`', ' ']).trim_end_matches(marks);
    if let Some(label) = LABELS.iter().find(|label| starts_with_ignoring_case(text, label)) {
        text = text.get(label.len()..)?.trim_start_matches(['*', '`', ' ']);
    }
    Some(text)
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// The path that `text` is, if it is one that a project's file may well have.
fn plausible(text: &str) -> Option<RelativePath> {
    if text.len() > GUESS_MAX || text.contains(|c: char| c.is_whitespace() || "\"'`<>|*?,;{}=".contains(c)) {
        return None;
    }
    let path = RelativePath::parse(text).ok()?;
    let name = path.as_str().rsplit('/').next()?;
    let known = is_one_of(name, NAMES)
        || (name.starts_with('.') && name.len() > 2 && !name.contains(char::is_uppercase))
        || name.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty() && is_one_of(&ending.to_ascii_lowercase(), ENDINGS)
        });
    let product = !text.contains('/') && is_one_of(&text.to_ascii_lowercase(), PRODUCTS);
    (known && !product).then_some(path)
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// Whether code of this kind is a diff, by its first line.
pub(crate) fn begins_diff(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 7] =
        [b"diff --git ", b"--- ", b"+++ ", b"@@ ", b"*** Begin Patch", b"*** Update File", b"Index: "];
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || line.trim_ascii() == b"@@"
}

/// Whether a file may begin with a fence of its own.
pub(crate) fn is_markdown(path: &RelativePath) -> bool {
    let ending = path.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    ["md", "mdx", "markdown", "qmd", "rmd"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a fence says that what it encloses is Markdown.
pub(crate) fn says_markdown(info: &[u8]) -> bool {
    ["markdown", "md", "mdx"].iter().any(|word| info.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect(info: &str, before: &str, expected: Option<&str>) {
        let found = path(info, Some(before).filter(|line| !line.is_empty()));
        assert_eq!(found.as_ref().map(RelativePath::as_str), expected, "{info:?} after {before:?}");
    }

    #[test]
    fn a_path_behind_the_language_is_found() {
        for info in [
            "js src/a.js",
            "js title=\"src/a.js\"",
            "jsx filename='src/a.js' {1,3}",
            "js:src/a.js",
            "src/a.js",
            "js (src/a.js)",
            "js ./src/a.js showLineNumbers",
            "js src/a.js title=\"src/a.js\"",
        ] {
            expect(info, "", Some("src/a.js"));
        }
        expect("docker Dockerfile", "", Some("Dockerfile"));
        expect("text .gitignore", "", Some(".gitignore"));
    }

    #[test]
    fn a_path_alone_in_the_line_before_is_found() {
        for line in [
            "**src/a.js**",
            "`src/a.js`:",
            "### src/a.js",
            "#### `src/a.js`",
            "**`src/a.js`:**",
            "1. **src/a.js**",
            "- `src/a.js`",
            "File: src/a.js",
            "**File: `src/a.js`**",
            "src/a.js:",
        ] {
            expect("js", line, Some("src/a.js"));
        }
        expect("", "**_app.py**", Some("_app.py"));
        expect("python", "### __init__.py", Some("__init__.py"));
    }

    #[test]
    fn what_only_mentions_a_file_is_not_taken_for_one() {
        for (info, before) in [
            ("js", ""),
            ("js", "Change `src/a.js` so that it greets:"),
            ("js", "### Node.js"),
            ("", "Example 1.0"),
            ("js title=\"My example\"", ""),
            ("js {1,3}", "### Usage"),
            ("js a.js b.js", ""),
            ("diff src/a.js", ""),
            ("bash scripts/run.sh", "**scripts/run.sh**"),
            ("js ../../etc/passwd.js", ""),
            ("js /etc/passwd.js", ""),
            ("js", "See https://example.org/a.js"),
            ("js", "and/or"),
        ] {
            expect(info, before, None);
        }
    }
}
