//! The places of what was left out, in any spelling.
//!
//! What was left out did not come in, and yet it was brought: whoever replaces a project by an archive does not mean that
//! the file at that place goes. The name of what was left out need not be a path, and often that is why it was: so a
//! file of a project is looked for by what its name and the other have in common.

use orchestrator_core::{
    RelativePath,
    path::{PATH_MAX, folded},
};
use std::collections::HashSet;

/// Where something belongs that was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld {
    places: HashSet<String>,
    /// Those below which there may be files: of links, and of folders that were left out as a whole.
    folders: HashSet<String>,
}

impl Withheld {
    /// Takes note of an entry by its name, of which `strip` folders are taken off where there are so many. It may be a
    /// folder with files in it if `may_be_folder`, or if its name says so.
    ///
    /// A name is any path that it may stand for: `\` separates folders, a drive and a `/` in front say nothing, `..` goes
    /// up or is passed over, and no system tells apart what differs in case, in the form of characters, or in the
    /// blanks and dots at its end.
    pub(crate) fn note(&mut self, name: &str, strip: usize, may_be_folder: bool) {
        let name = name.replace('\\', "/");
        let parts: Vec<&str> = without_drive(&name).split('/').collect();
        let may_be_folder = may_be_folder || name.ends_with('/');
        let goes_up = |part: &&str| part.trim() == "..";
        self.place(parts.iter().filter(|part| !goes_up(part)).copied(), strip, may_be_folder);
        if parts.iter().any(goes_up) {
            let mut resolved = Vec::new();
            for part in parts.iter().filter(|part| part.trim() != ".") {
                match goes_up(part) {
                    true => drop(resolved.pop()),
                    false => resolved.push(*part),
                }
            }
            self.place(resolved.into_iter(), strip, may_be_folder);
        }
    }

    /// Takes note of a place.
    pub fn add(&mut self, path: &RelativePath) {
        self.place(path.as_str().split('/'), 0, false);
    }

    /// Whether something that was left out may belong where the file `path` is, or a folder of it where one above it is.
    #[must_use]
    pub fn holds(&self, path: &RelativePath) -> bool {
        if self.places.is_empty() {
            return false;
        }
        let key = key(path.as_str().split('/')).join("/");
        let mut above = key.match_indices('/').filter_map(|(at, _)| key.get(..at));
        self.places.contains(&key) || above.any(|folder| self.folders.contains(folder))
    }

    fn place<'n>(&mut self, parts: impl Iterator<Item = &'n str>, strip: usize, may_be_folder: bool) {
        let parts = key(parts);
        let place = parts.get(strip..).filter(|below| !below.is_empty()).unwrap_or(&parts).join("/");
        // What is longer can be no file of a project.
        if place.is_empty() || place.len() > KEY_MAX {
            return;
        }
        if may_be_folder {
            self.folders.insert(place.clone());
        }
        self.places.insert(place);
    }
}

/// Longest place, in bytes: in small letters a path of the greatest length may be longer than it was.
const KEY_MAX: usize = 3 * PATH_MAX;

/// The parts of a name as they are compared.
fn key<'n>(parts: impl Iterator<Item = &'n str>) -> Vec<String> {
    let is_nothing = |c: char| c.is_whitespace() || c.is_control();
    parts
        .map(|part| {
            let part = part.trim_matches(is_nothing).trim_end_matches(|c: char| c == '.' || is_nothing(c));
            folded(part)
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// A name without the drive that it begins with: `C:/a`, `C:a`, `//?/C:/a`.
fn without_drive(name: &str) -> &str {
    let rest = name.trim_start_matches(['/', '?', '.']);
    match rest.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 && drive.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_held(name: &str, strip: usize, path: &str) -> bool {
        let mut withheld = Withheld::default();
        withheld.note(name, strip, false);
        withheld.holds(&RelativePath::parse(path).expect("a path"))
    }

    #[test]
    fn a_place_is_held_by_every_spelling_of_its_name() {
        for name in [
            "src/b.js",
            "src\\b.js",
            "/src/b.js",
            "C:/src/b.js",
            "c:src\\b.js",
            "\\\\?\\C:\\src\\b.js",
            "./src//./b.js",
            "src/lib/../b.js",
            "../src/b.js",
            "src/b.js ",
            " src /b.js. ",
            "SRC/B.js",
            "src/",
        ] {
            assert!(is_held(name, 0, "src/b.js"), "{name:?}");
        }
        assert!(is_held("src/../b.js", 0, "b.js"));
        assert!(is_held("e\u{301}.js", 0, "\u{e9}.js"));
        assert!(is_held("\u{e9}.js", 0, "e\u{301}.js"));
        assert!(is_held(" b.js", 0, " b.js"));
    }

    #[test]
    fn what_may_be_a_folder_holds_what_is_below_it() {
        let path = RelativePath::parse("src/lib/b.js").expect("a path");
        for (may_be_folder, held) in [(true, true), (false, false)] {
            let mut withheld = Withheld::default();
            withheld.note("SRC", 0, may_be_folder);
            assert_eq!(withheld.holds(&path), held);
        }
    }

    #[test]
    fn other_places_are_not_held() {
        for name in
            ["src/a.js", "src", "b.js", "lib/b.js", "src/b.js/c", "src/b.jsx", "src\\b", "", "/", "..", "C:"]
        {
            assert!(!is_held(name, 0, "src/b.js"), "{name:?}");
        }
    }

    #[test]
    fn a_place_is_what_is_left_of_the_name_and_all_of_it_where_nothing_is() {
        assert!(is_held("shop\\src/b.js", 1, "src/b.js"));
        assert!(!is_held("shop/src/b.js", 1, "shop/src/b.js"));
        assert!(is_held("b.js", 1, "b.js"));
        assert!(is_held("src/b.js", 2, "src/b.js"));
    }

    proptest! {
        #[test]
        fn every_path_holds_itself_and_what_is_below(path in "[a-zA-Z.\u{e9}\u{df}]{1,6}(/[a-z A-Z.-]{1,6}){0,3}", below in "[a-z]{1,4}") {
            if let (Ok(place), Ok(below)) = (RelativePath::parse(&path), RelativePath::parse(&format!("{path}/{below}"))) {
                for spelled in [path.clone(), path.replace('/', "\\"), format!("/{path}"), path.to_uppercase()] {
                    let mut withheld = Withheld::default();
                    withheld.note(&spelled, 0, true);
                    prop_assert!(withheld.holds(&place) && withheld.holds(&below), "{} {}", spelled, path);
                }
            }
        }
    }
}
