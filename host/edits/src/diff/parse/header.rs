//! The lines before a file's hunks: which file, and what becomes of it.

use super::{Intent, Reader};
use crate::Refusal;
use orchestrator_core::RelativePath;

/// What the header lines of one file say, names as they were written.
#[derive(Debug, Default)]
pub(super) struct FileHeader {
    /// From `diff --git`, where there is one.
    git: Option<(String, String)>,
    /// From `---` and `+++`.
    old: Option<String>,
    new: Option<String>,
    rename_from: Option<String>,
    rename_to: Option<String>,
    creates: bool,
    deletes: bool,
    copies: bool,
    binary: bool,
}

impl Reader<'_> {
    /// Reads a file's header, if one begins here.
    pub(super) fn file_header(&mut self) -> Option<FileHeader> {
        if !self.begins_file(0) {
            return None;
        }
        let mut header = FileHeader::default();
        if let Some(names) = self.line(0).and_then(|line| line.strip_prefix("diff --git ")) {
            header.git = Some(git_names(names));
            self.at += 1;
            while self.line(0).is_some_and(|line| header.extended(line)) {
                self.at += 1;
            }
        }
        if let (Some(old), Some(new)) = (self.line(0), self.line(1))
            && let (Some(old), Some(new)) = (old.strip_prefix("--- "), new.strip_prefix("+++ "))
        {
            header.old = Some(name(old));
            header.new = Some(name(new));
            self.at += 2;
        }
        Some(header)
    }
}

impl FileHeader {
    /// Takes one of the lines that git puts under `diff --git`; says whether it was one.
    fn extended(&mut self, line: &str) -> bool {
        if let Some(from) = line.strip_prefix("rename from ") {
            self.rename_from = Some(name(from));
        } else if let Some(to) = line.strip_prefix("rename to ") {
            self.rename_to = Some(name(to));
        } else if line.starts_with("new file mode ") {
            self.creates = true;
        } else if line.starts_with("deleted file mode ") {
            self.deletes = true;
        } else if line.starts_with("copy from ") || line.starts_with("copy to ") {
            self.copies = true;
        } else if line.starts_with("Binary files ") || line == "GIT binary patch" {
            self.binary = true;
        } else {
            let known = ["index ", "old mode ", "new mode ", "similarity index ", "dissimilarity index "];
            return known.iter().any(|known| line.starts_with(known));
        }
        true
    }

    /// What becomes of the file, by all that the header says.
    pub(super) fn intent(self) -> Result<Intent, Refusal> {
        let (git_old, git_new) = self.git.unzip();
        let old = self.old.or(git_old).unwrap_or_default();
        let new = self.new.or(git_new).unwrap_or_default();
        let shown = if new == "/dev/null" { old.clone() } else { new.clone() };
        let refuse = |reason: &str| Err(Refusal::file(shown.clone(), reason));
        if self.binary {
            return refuse("it is a binary diff: only text can be changed by a diff");
        }
        if self.copies {
            return refuse("a diff cannot copy a file: create the new one with all of its lines");
        }
        if let (Some(from), Some(to)) = (self.rename_from, self.rename_to) {
            return Ok(Intent::Rename { from: checked(&from)?, to: checked(&to)? });
        }
        let (old, new) = without_prefixes(&old, &new);
        match (old, new) {
            (None, None) => refuse("both names are /dev/null"),
            (None, Some(new)) => Ok(Intent::Create(checked(new)?)),
            (Some(old), None) => Ok(Intent::Delete(checked(old)?)),
            (Some(_), Some(new)) if self.creates => Ok(Intent::Create(checked(new)?)),
            (Some(old), Some(_)) if self.deletes => Ok(Intent::Delete(checked(old)?)),
            (Some(old), Some(new)) if old == new => Ok(Intent::Modify(checked(new)?)),
            (Some(old), Some(new)) => {
                checked(old)?;
                checked(new)?;
                refuse(&format!(
                    "the names differ, '{old}' and '{new}': write the same name twice, or rename the file with \
                     'diff --git', 'rename from' and 'rename to'"
                ))
            }
        }
    }
}

fn checked(name: &str) -> Result<RelativePath, Refusal> {
    RelativePath::parse(name)
        .map_err(|error| Refusal::file(name, format!("the path cannot be used: {error}")))
}

/// A name without the time that follows it after a tab, and without quotes.
fn name(text: &str) -> String {
    let text = text.split('\t').next().unwrap_or(text).trim();
    let unquoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    unquoted.unwrap_or(text).to_owned()
}

/// The two names of a `diff --git` line. They may hold blanks, and are told apart by being the same.
fn git_names(text: &str) -> (String, String) {
    let halves =
        text.split_at_checked(text.len() / 2).and_then(|(old, new)| Some((old, new.strip_prefix(' ')?)));
    let (old, new) = match halves {
        Some((old, new)) if old.get(2..) == new.get(2..) || old == new => (old, new),
        _ => match text.find(" b/") {
            Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or_default()),
            None => text.split_once(' ').unwrap_or((text, text)),
        },
    };
    (name(old), name(new))
}

/// Takes `a/` and `b/` away where they are prefixes and not folders: on both names, or on one beside `/dev/null` or
/// beside the same name without it. None stands for `/dev/null`.
fn without_prefixes<'a>(old: &'a str, new: &'a str) -> (Option<&'a str>, Option<&'a str>) {
    let plain = |name: &'a str| (name != "/dev/null").then_some(name);
    let (old, new) = (plain(old), plain(new));
    let bare_old = old.and_then(|name| name.strip_prefix("a/"));
    let bare_new = new.and_then(|name| name.strip_prefix("b/"));
    match (bare_old, bare_new) {
        (Some(old), Some(new)) => (Some(old), Some(new)),
        (Some(bare), None) if new.is_none_or(|new| new == bare) => (Some(bare), new),
        (None, Some(bare)) if old.is_none_or(|old| old == bare) => (old, Some(bare)),
        _ => (old, new),
    }
}
