//! The lines before a file's hunks: which file, and what becomes of it.

use super::{Reader, names};
use crate::{
    hunk::{Intent, Unusable},
    text::End,
};
use names::{checked, name};

/// What the header lines of one file say, names as they were written.
#[derive(Debug, Default)]
pub(super) struct FileHeader {
    /// From `diff --git`, where there is one.
    git: Option<Vec<u8>>,
    /// From `---` and `+++`.
    old: Option<String>,
    new: Option<String>,
    rename_from: Option<String>,
    rename_to: Option<String>,
    creates: bool,
    deletes: bool,
    copies: bool,
    binary: bool,
    carriage_returns: bool,
}

impl Reader<'_> {
    /// Reads a file's header, if one begins here. Outside of hunks, one of the two names is enough.
    pub(super) fn file_header(&mut self, outside: bool) -> Option<FileHeader> {
        let mut header = FileHeader {
            carriage_returns: self.lines.get(self.at).is_some_and(|line| line.end == End::CrLf),
            ..FileHeader::default()
        };
        let begin = self.at;
        if let Some(names) = self.line(0).and_then(|line| line.strip_prefix(b"diff --git ")) {
            header.git = Some(names.to_vec());
            self.at += 1;
            while self.line(0).is_some_and(|line| header.extended(line)) {
                self.at += 1;
            }
        }
        let (old, new) = (named(self.line(0), b"--- "), named(self.line(0), b"+++ "));
        let (after_old, after_new) = (named(self.line(1), b"+++ "), named(self.line(1), b"--- "));
        // Lines of a hunk without its '@@' are taken after a name that can be nothing else.
        let hunk_follows = |name: &str| {
            let next = self.line(1).unwrap_or_default();
            let signed =
                matches!(next.first(), Some(b' ' | b'+' | b'-')) && !name.contains(char::is_whitespace);
            next.starts_with(b"@@") || signed
        };
        let taken = match (old, after_old, new, after_new) {
            (Some(old), Some(new), ..) | (_, _, Some(new), Some(old)) => {
                (header.old, header.new) = (Some(old), Some(new));
                2
            }
            (Some(old), None, ..) if outside && hunk_follows(&old) => {
                header.old = Some(old);
                1
            }
            (_, _, Some(new), None) if outside && hunk_follows(&new) => {
                header.new = Some(new);
                1
            }
            _ => 0,
        };
        self.at += taken;
        (self.at > begin).then_some(header)
    }
}

fn named(line: Option<&[u8]>, sign: &[u8]) -> Option<String> {
    line?.strip_prefix(sign).map(name)
}

impl FileHeader {
    /// Whether the header's own lines end in CR LF: then the whole patch was sent like that.
    pub(super) fn is_transported_with_carriage_returns(&self) -> bool {
        self.carriage_returns
    }

    /// Takes one of the lines that git puts under `diff --git`; says whether it was one.
    fn extended(&mut self, line: &[u8]) -> bool {
        if let Some(from) = line.strip_prefix(b"rename from ") {
            self.rename_from = Some(name(from));
        } else if let Some(to) = line.strip_prefix(b"rename to ") {
            self.rename_to = Some(name(to));
        } else if line.starts_with(b"new file mode ") {
            self.creates = true;
        } else if line.starts_with(b"deleted file mode ") {
            self.deletes = true;
        } else if line.starts_with(b"copy from ") || line.starts_with(b"copy to ") {
            self.copies = true;
        } else if line.starts_with(b"Binary files ") || line == b"GIT binary patch" {
            self.binary = true;
        } else {
            let known: [&[u8]; 5] =
                [b"index ", b"old mode ", b"new mode ", b"similarity index ", b"dissimilarity index "];
            return known.iter().any(|known| line.starts_with(known));
        }
        true
    }

    /// What becomes of the file, by all that the header says.
    pub(super) fn intent(self) -> Result<Intent, Unusable> {
        let from_lines = self.old.is_some() || self.new.is_some();
        let git = self.git.as_deref().map(|text| (names::git_names(text), text));
        let shown = self.shown();
        let refuse = |reason: &str| Err(Unusable { path: shown.clone(), reason: reason.to_owned() });
        if self.binary {
            return refuse("it is a binary diff: only text can be changed by a diff");
        }
        if self.copies {
            return refuse("a diff cannot copy a file: create the new one with all of its lines");
        }
        if let (Some(from), Some(to)) = (&self.rename_from, &self.rename_to) {
            return Ok(Intent::Rename { from: checked(from)?, to: checked(to)? });
        }
        let (old, new) = match (self.old, self.new, git) {
            (Some(old), Some(new), _) => (old, new),
            (Some(old), None, _) => return Ok(Intent::Modify(all_checked(&names::alone(&old, "a/"))?)),
            (None, Some(new), _) => return Ok(Intent::Modify(all_checked(&names::alone(&new, "b/"))?)),
            (None, None, Some((Some((old, new)), _))) => (old, new),
            (None, None, _) => {
                return refuse(
                    "its names can be read in several ways: add lines with '--- a/path' and '+++ b/path'",
                );
            }
        };
        match (old == "/dev/null", new == "/dev/null") {
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
        let git = self.git.as_deref().and_then(names::git_names);
        let names = match (&self.old, &self.new) {
            (None, None) => git,
            (old, new) => Some((old.clone().unwrap_or_default(), new.clone().unwrap_or_default())),
        };
        let (old, new) = names.unwrap_or_default();
        let name = if new == "/dev/null" || new.is_empty() { old } else { new };
        name.strip_prefix("b/").map(str::to_owned).unwrap_or(name)
    }
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
fn all_checked(names: &[&str]) -> Result<Vec<orchestrator_core::RelativePath>, Unusable> {
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
