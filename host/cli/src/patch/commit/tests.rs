//! Changes that are made, and changes that are taken back because one of them cannot be.

use super::*;
use crate::patch::step::{Action, Entry};
use cap_std::ambient_authority;
use std::{collections::BTreeMap, error::Error, fs, path::Path, sync::Arc};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

/// More than are made by one thread.
const MANY: usize = 3 * WORTH_A_THREAD;

struct TestFolder {
    folder: TempDir,
    root: Arc<Dir>,
}

impl TestFolder {
    /// A folder with files `0`, `1` and so on, which contain their names.
    fn new(files: usize) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        for number in 0..files {
            fs::write(folder.path().join(number.to_string()), number.to_string())?;
        }
        let root = Arc::new(Dir::open_ambient_dir(folder.path(), ambient_authority())?);
        Ok(Self { folder, root })
    }

    fn entry(&self, name: &str) -> Entry {
        Entry { folder: Arc::clone(&self.root), name: name.into() }
    }

    fn change(&self, name: &str, action: Action) -> Result<Change, Box<dyn Error>> {
        Ok(Change { path: RelativePath::parse(name)?, entry: self.entry(name), action })
    }

    fn replace(&self, name: &str, content: &str) -> Result<Change, Box<dyn Error>> {
        let permissions = self.root.metadata(name)?.permissions();
        self.change(name, Action::Replace { content: content.into(), permissions })
    }

    fn one_of_each(&self) -> Result<Vec<Change>, Box<dyn Error>> {
        Ok(vec![
            self.replace("0", "new")?,
            self.change("1", Action::Remove)?,
            self.change("moved", Action::Move { from: self.entry("2") })?,
            self.change("created", Action::Create { content: b"new".into(), permissions: None })?,
        ])
    }

    fn commit(&self, changes: Vec<Change>) -> Result<(), FolderError> {
        Commit::new(&self.root, Vec::new(), changes).perform()
    }

    /// Everything that is there, by name.
    fn files(&self) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(self.folder.path())? {
            let entry = entry?;
            files.insert(entry.file_name().to_string_lossy().into_owned(), content(&entry.path())?);
        }
        Ok(files)
    }
}

fn content(path: &Path) -> Result<String, Box<dyn Error>> {
    Ok(fs::read_to_string(path)?)
}

#[test]
fn every_change_is_made_and_nothing_is_left_beside() -> Tested {
    let folder = TestFolder::new(3)?;
    folder.commit(folder.one_of_each()?)?;
    let expected = [("0", "new"), ("moved", "2"), ("created", "new")];
    assert_eq!(folder.files()?, expected.map(|(name, content)| (name.into(), content.into())).into());
    Ok(())
}

#[test]
fn all_changes_are_taken_back_when_one_fails() -> Tested {
    let folder = TestFolder::new(3)?;
    let before = folder.files()?;
    let mut changes = folder.one_of_each()?;
    changes.push(folder.change("missing", Action::Remove)?);
    let refused = folder.commit(changes).err().ok_or("it was done")?;
    assert!(matches!(&refused, FolderError::Write(path, _) if path == "missing"), "{refused}");
    assert_eq!(folder.files()?, before);
    Ok(())
}

#[test]
fn changes_by_several_threads_are_made_or_taken_back_as_well() -> Tested {
    let folder = TestFolder::new(MANY)?;
    let before = folder.files()?;
    let all = |folder: &TestFolder| -> Result<Vec<Change>, Box<dyn Error>> {
        (0..MANY).map(|number| folder.replace(&number.to_string(), "new")).collect()
    };
    let mut changes = all(&folder)?;
    changes.insert(MANY / 2, folder.change("missing", Action::Remove)?);
    assert!(folder.commit(changes).is_err());
    assert_eq!(folder.files()?, before);
    folder.commit(all(&folder)?)?;
    assert!(folder.files()?.values().all(|content| content == "new"));
    Ok(())
}

#[test]
fn a_content_that_cannot_be_written_leaves_no_part_of_it() -> Tested {
    let folder = TestFolder::new(1)?;
    let before = folder.files()?;
    let elsewhere = TestFolder::new(0)?;
    let gone = Entry { folder: Arc::clone(&elsewhere.root), name: "new".into() };
    drop(elsewhere.folder);
    let create = Action::Create { content: b"new".into(), permissions: None };
    let changes = vec![
        folder.replace("0", "new")?,
        Change { path: RelativePath::parse("new")?, entry: gone, action: create },
    ];
    assert!(matches!(folder.commit(changes), Err(FolderError::Write(path, _)) if path == "new"));
    assert_eq!(folder.files()?, before);
    Ok(())
}
