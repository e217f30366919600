//! What stands around the names of a header: quotes, emphasis, remarks.

use super::{DEV_NULL, FileHeader, names};
use crate::hunk::{Intent, Unusable};
use orchestrator_core::RelativePath;

impl FileHeader {
    /// What becomes of the file, by all that the header says. A file that `exists` is called what it is called;
    /// another one would keep what decorates its name.
    pub(in crate::read) fn intent(
        self,
        exists: &mut dyn FnMut(&RelativePath) -> bool,
    ) -> Result<Intent, Unusable> {
        let written = self.clone().read();
        if let Ok(Intent::Modify(names) | Intent::Delete(names)) = &written
            && names.iter().any(&mut *exists)
        {
            return written;
        }
        match (written, self.plain(exists)) {
            (Err(error), Err(_)) | (Ok(_), Err(error)) => Err(error),
            (_, Ok(plain)) => {
                let doubtful = plain.with_one_prefix();
                match plain.read()? {
                    Intent::Create(path) if doubtful && names::may_be_prefixed(path.as_str(), exists) => {
                        Err(names::prefix_or_folder(&path))
                    }
                    Intent::Modify(all) if doubtful && !all.iter().any(&mut *exists) => match all.first() {
                        Some(path) if names::may_be_prefixed(path.as_str(), exists) => {
                            Err(names::prefix_or_folder(path))
                        }
                        _ => Ok(Intent::Modify(all)),
                    },
                    intent => Ok(intent),
                }
            }
        }
    }

    /// Whether its names do not have `a/` before the one and `b/` before the other: then what looks like a prefix may be
    /// a folder.
    fn with_one_prefix(&self) -> bool {
        let is_one = |name: &Option<String>, prefix: &str| {
            name.as_deref().is_none_or(|name| name == DEV_NULL || name.starts_with(prefix))
        };
        let is_said = self.old.is_some() || self.new.is_some();
        is_said && !(is_one(&self.old, "a/") && is_one(&self.new, "b/"))
    }

    /// The header with the names that are left without decoration. Of a name that is there twice, the one that needs no
    /// such thing is right.
    fn plain(mut self, exists: &mut dyn FnMut(&RelativePath) -> bool) -> Result<Self, Unusable> {
        let marked = self.marked;
        let plain = |name: &str| names::plain(name, marked);
        let git = self.git.clone().flatten();
        let settled = |name: Option<String>, other: Option<&String>| -> Result<Option<String>, Unusable> {
            let Some(name) = name else { return Ok(None) };
            let bare = plain(&name);
            let other = other.filter(|other| plain(other).as_ref() == Ok(*other) && name != DEV_NULL);
            match (bare, other) {
                (Ok(bare), _) if bare == name => Ok(Some(name)),
                (_, Some(other)) => Ok(Some(other.clone())),
                (bare, None) => bare.map(Some),
            }
        };
        self.old = settled(self.old, git.as_ref().map(|(old, _)| old))?;
        self.new = settled(self.new, git.as_ref().map(|(_, new)| new))?;
        if let (true, Some(said), Some((_, new))) = (self.creates, &self.new, &git)
            && plain(new).as_ref() == Ok(new)
            && ![said, DEV_NULL].contains(&new.as_str())
            && without_prefix(said) != without_prefix(new)
        {
            return Err(Unusable { path: said.clone(), reason: super::differ(new, said) });
        }
        if let Some((old, new)) = git {
            let named = self.old.is_some() || self.new.is_some() || self.rename_to.is_some();
            self.git = match (plain(&old), plain(&new)) {
                (Ok(old), Ok(new)) => Some(Some((old, new))),
                (Err(error), _) | (_, Err(error)) if !named => return Err(error),
                _ => Some(None),
            };
        }
        if let Some(from) = &self.rename_from
            && !names::checked(from).is_ok_and(|from| exists(&from))
        {
            self.rename_from = Some(names::given(from, true)?.to_string());
        }
        if let Some(to) = &self.rename_to {
            self.rename_to = Some(names::given(to, true)?.to_string());
        }
        Ok(self)
    }
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix("a/").or_else(|| name.strip_prefix("b/")).unwrap_or(name)
}
