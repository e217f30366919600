//! Sentences that are about a file and do not say which.
//!
//! `the other file:` and `Not src/a.js but this one:` say of what comes next that it is not about the file that was named
//! before. What follows would go there all the same, if they were words like others.

use super::{Unusable, words};

const ANOTHER: &str = "another other different second third fourth fifth next last remaining anderen andere zweiten zweite \
    nächsten letzten autre deuxième second prochain dernier otro segundo siguiente último другой другом втором";
const FILE: &str = "file files one's datei fichier archivo файл файле";
const NEGATIONS: &str = "not unlike except nicht pas no не";
/// Longest such sentence, in words.
const WORDS_MAX: usize = 9;

const ANOTHER_FILE: &str =
    "it speaks of another file and does not name it: write the path of the file alone on the line before";
const NOT_THIS_FILE: &str = "it names the file that is not meant, and not the one that is: write the path of that one alone on the line before";

/// Why what follows a line belongs to no file, where the line speaks of one that it does not name.
pub(super) fn refused(line: &str) -> Option<Unusable> {
    let text = line.trim_matches(|c: char| c.is_whitespace() || "#*_>".contains(c));
    let all: Vec<&str> = text.split_whitespace().collect();
    if all.is_empty() || all.len() > WORDS_MAX {
        return None;
    }
    let is_of = |word: &str, list: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        list.split_ascii_whitespace().any(|known| known == word)
    };
    let is_path = |word: &&str| {
        let word = word.trim_matches(|c: char| "`*\"'(),:;.".contains(c));
        words::has_folders(word)
            || word.contains('.') && words::ends_like_a_file(word) && !words::is_no_file(word)
    };
    let refuse = |reason: &str| Some(Unusable { text: text.to_owned(), reason: reason.to_owned() });
    let paths = all.iter().filter(|word| is_path(word)).count();
    let speaks =
        all.windows(2).any(|pair| matches!(pair, [one, file] if is_of(one, ANOTHER) && is_of(file, FILE)));
    let announces = text.ends_with(':') || all.len() <= 3;
    if paths == 0 && speaks && announces && !text.contains('`') {
        return refuse(ANOTHER_FILE);
    }
    let is_denied = all
        .windows(2)
        .any(|pair| matches!(pair, [before, path] if is_path(path) && is_of(before, NEGATIONS)));
    let is_instead = ["instead of ", "rather than "].iter().any(|words| {
        text.to_lowercase()
            .split_once(words)
            .is_some_and(|(_, rest)| rest.split_whitespace().next().as_ref().is_some_and(is_path))
    });
    match paths == 1 && (is_denied || is_instead) && text.ends_with(':') {
        true => refuse(NOT_THIS_FILE),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn a_file_that_is_spoken_of_and_not_named_is_refused() {
        for line in [
            "the other file:",
            "In the second file:",
            "Now the next file:",
            "**The other file**",
            "Another file:",
            "Not src/a.js but this one:",
            "Not `src/a.js`, here:",
            "Instead of src/a.js:",
        ] {
            assert!(refused(line).is_some(), "{line:?}");
        }
    }

    #[test]
    fn what_names_one_or_speaks_of_something_else_is_not() {
        for line in [
            "src/b.js",
            "In the second file, `src/b.js`:",
            "The second function:",
            "In the same file:",
            "the file:",
            "Another change:",
            "`src/b.js`, not `src/a.js`:",
            "Do not forget to update src/b.js:",
            "File 2 of 3: src/b.js",
            "Each of the other files is as it was, and so are their tests.",
        ] {
            assert!(refused(line).is_none(), "{line:?}");
        }
    }
}
