//! The lines before a file's hunks: which file, and what becomes of it.

mod plain;
mod stamp;

use super::{Reader, account::Role, names};
use crate::{
    hunk::{Intent, Unusable},
    text::End,
};
use names::{DEV_NULL, checked, name};
use orchestrator_core::RelativePath;
use stamp::Stamp;

/// What the header lines of one file say, names as they were written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct FileHeader {
    /// From `diff --git`, where there is one; no names where they can be read in several ways.
    git: Option<Option<(String, String)>>,
    /// Whether something shows where the names end.
    marked: bool,
    /// From `---` and `+++`.
    old: Option<String>,
    new: Option<String>,
    rename_from: Option<String>,
    rename_to: Option<String>,
    creates: bool,
    deletes: bool,
    /// Whether what it says of the new file is said of one that is gone as well.
    may_delete: bool,
    copies: bool,
    binary: bool,
    combined: bool,
    submodule: bool,
    /// The modes that it names, as they are written: of the file before, and afterwards.
    old_mode: Option<Vec<u8>>,
    new_mode: Option<Vec<u8>>,
    /// The name of the new content in git's `index` line.
    new_blob: Option<Vec<u8>>,
    carriage_returns: bool,
}

/// How git calls what is empty: by its hash, in either of two kinds.
const EMPTY_BLOBS: [&[u8]; 2] = [
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];
/// Least digits of a hash that git writes.
const DIGITS_MIN: usize = 4;

impl Reader<'_, '_> {
    /// Reads a file's header, if one begins here, which is outside of hunks: one of the two names is enough.
    pub(super) fn file_header(&mut self) -> Option<FileHeader> {
        let mut header = FileHeader {
            carriage_returns: self.lines.get(self.at).is_some_and(|line| line.end == End::CrLf),
            ..FileHeader::default()
        };
        let begin = self.at;
        if let Some(names) = self.line(0).and_then(git_line) {
            header.git = Some(names::git_names(names));
            header.combined = self.line(0).is_some_and(|line| !line.starts_with(b"diff --git "));
            self.take(Role::Header);
            while self.line(0).is_some_and(|line| header.extended(line)) {
                self.take(Role::Header);
            }
        }
        let (old, new) = (named(self.line(0), b"--- "), named(self.line(0), b"+++ "));
        let (after_old, after_new) = (named(self.line(1), b"+++ "), named(self.line(1), b"--- "));
        // Lines of a hunk without its '@@' are taken after a name that can be nothing else.
        let hunk_follows = |name: &str| {
            let next = self.line(1).unwrap_or_default();
            let signed =
                matches!(next.first(), Some(b' ' | b'+' | b'-')) && !name.contains(char::is_whitespace);
            let after = if next.is_empty() { self.line(2).unwrap_or_default() } else { next };
            after.starts_with(b"@@") || signed
        };
        let taken = match (old, after_old, new, after_new) {
            (Some(old), Some(new), ..) | (_, _, Some(new), Some(old)) => {
                (header.old, header.new) = (Some(old), Some(new));
                2
            }
            (Some(old), None, ..) if hunk_follows(&old) => {
                // The other half of a line that is drawn around the name.
                header.old =
                    Some(old.strip_suffix(" ---").map(|old| old.trim_end().to_owned()).unwrap_or(old));
                1
            }
            (_, _, Some(new), None) if hunk_follows(&new) => {
                header.new = Some(new);
                1
            }
            _ => 0,
        };
        for _ in 0..taken {
            let name = self.line(0).and_then(|line| line.get(4..)).unwrap_or_default();
            header.marked |= names::is_marked(name);
            if self.starts(0, b"+++ ") {
                header.deletes |= Stamp::of(name) == Stamp::Gone;
                header.may_delete = Stamp::of(name) == Stamp::Doubtful;
            }
            self.take(Role::Header);
        }
        // A name that is said twice ends where both end.
        let pair = header.old.as_deref().zip(header.new.as_deref());
        header.marked |= pair.is_some_and(|(old, new)| old != DEV_NULL && new != DEV_NULL)
            || header.git.as_ref().is_some_and(Option::is_some);
        header.combined |= self.starts(0, b"@@@");
        header.submodule = self
            .lines
            .iter()
            .skip(self.at)
            .take(4)
            .any(|line| line.text.get(1..).is_some_and(|text| text.starts_with(b"Subproject commit ")));
        (self.at > begin).then_some(header)
    }
}

/// The names in the line that git begins a file with.
fn git_line(line: &[u8]) -> Option<&[u8]> {
    [&b"diff --git "[..], b"diff --cc ", b"diff --combined "]
        .into_iter()
        .find_map(|start| line.strip_prefix(start))
}

fn named(line: Option<&[u8]>, sign: &[u8]) -> Option<String> {
    line?.strip_prefix(sign).map(name)
}

impl FileHeader {
    /// Whether the header's own lines end in CR LF: then the whole patch was sent like that.
    pub(super) fn is_transported_with_carriage_returns(&self) -> bool {
        self.carriage_returns
    }

    /// Whether it is `---` and `+++` alone.
    pub(super) fn is_nameless(&self) -> bool {
        let is_empty = |name: &Option<String>| name.as_deref() == Some("");
        self.git.is_none() && is_empty(&self.old) && is_empty(&self.new)
    }

    /// Whether its names are `a` and `b`, as the diff of two files has them that a tool called so.
    pub(super) fn is_of_a_and_b(&self) -> bool {
        self.git.is_none() && self.old.as_deref() == Some("a") && self.new.as_deref() == Some("b")
    }

    /// Whether a file of which no line is left may be gone or empty.
    pub(super) fn may_delete(&self) -> bool {
        self.may_delete
    }

    /// Whether it says that the file which it creates is empty; none where it says nothing of that: git leaves out the names
    /// where no line comes, and models the line with the hashes.
    pub(super) fn creates_empty(&self) -> Option<bool> {
        let is_of_git = self.creates && self.old.is_none() && self.new.is_none();
        match &self.new_blob {
            Some(hash) => {
                Some(hash.len() >= DIGITS_MIN && EMPTY_BLOBS.iter().any(|empty| empty.starts_with(hash)))
            }
            None => (!is_of_git).then_some(false),
        }
    }

    /// Takes one of the lines that git puts under `diff --git`; says whether it was one.
    fn extended(&mut self, line: &[u8]) -> bool {
        if let Some(from) = line.strip_prefix(b"rename from ") {
            self.rename_from = Some(name(from));
        } else if let Some(to) = line.strip_prefix(b"rename to ") {
            self.rename_to = Some(name(to));
        } else if let Some(mode) = line.strip_prefix(b"new file mode ") {
            self.creates = true;
            self.new_mode = Some(mode.trim_ascii().to_vec());
        } else if let Some(mode) = line.strip_prefix(b"deleted file mode ") {
            self.deletes = true;
            self.old_mode = Some(mode.trim_ascii().to_vec());
        } else if let Some(mode) = line.strip_prefix(b"old mode ") {
            self.old_mode = Some(mode.trim_ascii().to_vec());
        } else if let Some(mode) = line.strip_prefix(b"new mode ") {
            self.new_mode = Some(mode.trim_ascii().to_vec());
        } else if let Some(index) = line.strip_prefix(b"index ") {
            let mode = index
                .rsplit(|byte| *byte == b' ')
                .next()
                .filter(|mode| mode.len() == 6 && mode.len() < index.len());
            self.old_mode = self.old_mode.take().or_else(|| mode.map(<[u8]>::to_vec));
            let hashes = index.split(|byte| *byte == b' ').next().unwrap_or_default();
            self.new_blob =
                memchr::memmem::find(hashes, b"..").and_then(|at| hashes.get(at + 2..)).map(<[u8]>::to_vec);
        } else if line.starts_with(b"copy from ") || line.starts_with(b"copy to ") {
            self.copies = true;
        } else if line.starts_with(b"Binary files ") || line == b"GIT binary patch" {
            self.binary = true;
        } else {
            let known: [&[u8]; 3] = [b"similarity index ", b"dissimilarity index ", b"mode "];
            return known.iter().any(|known| line.starts_with(known));
        }
        true
    }

    /// Whether a file that it creates can be executed.
    pub(super) fn executable(&self) -> bool {
        self.creates && self.new_mode.as_deref().is_some_and(is_executable)
    }

    /// Why it is about something that no lines of a text are.
    fn no_text(&self) -> Option<&'static str> {
        let modes = || self.old_mode.iter().chain(&self.new_mode);
        if modes().any(|mode| mode.as_slice() == b"120000") {
            return Some("it is a symbolic link (mode 120000): links are not made or changed by a patch");
        }
        if self.submodule || modes().any(|mode| mode.as_slice() == b"160000") {
            return Some("it is a submodule (mode 160000): submodules are not made or changed by a patch");
        }
        if self.combined {
            return Some(
                "it is a combined diff, of a merge: send a unified diff against the file as it is now",
            );
        }
        let changes = match (&self.old_mode, &self.new_mode) {
            (Some(old), Some(new)) => is_executable(old) != is_executable(new),
            // The mode that it has is left out, and cannot be the same.
            (None, Some(_)) => true,
            _ => false,
        };
        if !self.creates && !self.deletes && changes {
            return Some(
                "it changes the mode of a file that there is, which a patch does not: leave out 'old mode' and 'new mode', \
                 and run chmod",
            );
        }
        None
    }

    /// What becomes of the file, by all that the header says, with the names as they are here.
    fn read(self) -> Result<Intent, Unusable> {
        let from_lines = self.old.is_some() || self.new.is_some();
        let shown = self.shown();
        let refuse = |reason: &str| Err(Unusable { path: shown.clone(), reason: reason.to_owned() });
        if let Some(reason) = self.no_text() {
            return refuse(reason);
        }
        if self.binary {
            return refuse("it is a binary diff: only text can be changed by a diff");
        }
        if self.copies {
            return refuse("a diff cannot copy a file: create the new one with all of its lines");
        }
        if let (Some(from), Some(to)) = (&self.rename_from, &self.rename_to) {
            return Ok(Intent::Rename { from: checked(from)?, to: checked(to)? });
        }
        let (old, new) = match (self.old, self.new, self.git) {
            (Some(old), Some(new), _) => (old, new),
            (Some(old), None, _) => return Ok(Intent::Modify(all_checked(&names::alone(&old, "a/"))?)),
            (None, Some(new), _) => {
                let names = all_checked(&names::alone(&new, "b/"))?;
                return Ok(if self.deletes { Intent::Delete(names) } else { Intent::Modify(names) });
            }
            (None, None, Some(Some((old, new)))) => (old, new),
            (None, None, _) => {
                return refuse(
                    "its names can be read in several ways: add lines with '--- a/path' and '+++ b/path'",
                );
            }
        };
        match (old == DEV_NULL, new == DEV_NULL) {
            (true, true) => refuse("both names are /dev/null"),
            (true, false) => Ok(Intent::Create(checked(new.strip_prefix("b/").unwrap_or(&new))?)),
            (false, true) => Ok(Intent::Delete(all_checked(&names::alone(&old, "a/"))?)),
            (false, false) => {
                let names = names::candidates(&old, &new);
                if names.is_empty() {
                    checked(&old)?;
                    checked(&new)?;
                    return refuse(&differ(&old, &new));
                }
                if self.creates && !from_lines && names.first() == Some(&new.as_str()) && new.contains('/') {
                    return refuse(
                        "it cannot be told whether its first folder is a prefix: add lines with '--- /dev/null' and '+++ b/path'",
                    );
                }
                let names = all_checked(&names)?;
                match (self.creates, self.deletes, names.first()) {
                    (true, _, Some(name)) => Ok(Intent::Create(name.clone())),
                    (_, true, _) => Ok(Intent::Delete(names)),
                    _ => Ok(Intent::Modify(names)),
                }
            }
        }
    }

    /// The name to report it under.
    fn shown(&self) -> String {
        let git = self.git.clone().flatten();
        let names = match (&self.old, &self.new) {
            (None, None) => git,
            (old, new) => Some((old.clone().unwrap_or_default(), new.clone().unwrap_or_default())),
        };
        let (old, new) = names.unwrap_or_default();
        let name = if new == DEV_NULL || new.is_empty() { old } else { new };
        name.strip_prefix("b/").map(str::to_owned).unwrap_or(name)
    }
}

fn is_executable(mode: &[u8]) -> bool {
    mode == b"100755" || mode == b"755"
}

fn differ(old: &str, new: &str) -> String {
    let bare = |name: &str, prefix| name.strip_prefix(prefix).unwrap_or(name).to_owned();
    format!(
        "the names differ, '{}' and '{}': write the same name twice, or rename the file with 'diff --git', 'rename from' \
         and 'rename to'",
        bare(old, "a/"),
        bare(new, "b/"),
    )
}

/// The names that can be used; if none can, what is wrong with the first.
fn all_checked(names: &[&str]) -> Result<Vec<RelativePath>, Unusable> {
    let (mut good, mut bad) = (Vec::new(), None);
    for name in names {
        match checked(name) {
            Ok(path) => good.push(path),
            Err(unusable) => bad = bad.or(Some(unusable)),
        }
    }
    match bad {
        Some(unusable) if good.is_empty() => Err(unusable),
        _ => Ok(good),
    }
}
