//! Trees: a folder's names, and what each stands for.
//!
//! A folder's object lists its entries sorted by name, so equal folders have equal digests, and a snapshot after a change
//! of one file shares every folder that is not above it.

use crate::{SnapshotError, store::Snapshots};
use orchestrator_core::{Digest, RelativePath};
use orchestrator_workspace::{FILE_MAX, Survey, SurveyedFile};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::OnceLock};

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Node {
    /// A file.
    File(FileNode),
    /// A folder, by its own object.
    Folder(Digest),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileNode {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) executable: bool,
    /// Whether the content is stored.
    pub(crate) stored: bool,
}

/// A folder: its entries, sorted by name.
pub(crate) type Folder = BTreeMap<String, Node>;

/// A file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Where it was.
    pub path: RelativePath,
    /// The digest of its content.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
    /// Whether it could be started as a program.
    pub executable: bool,
    /// Whether the content is stored; it is not where the file was over [`FILE_MAX`].
    pub stored: bool,
}

impl SnapshotFile {
    fn new(path: RelativePath, node: FileNode) -> Self {
        let FileNode { digest, size, executable, stored } = node;
        Self { path, digest, size, executable, stored }
    }
}

impl From<&SurveyedFile> for FileNode {
    fn from(file: &SurveyedFile) -> Self {
        Self {
            digest: file.digest,
            size: file.size(),
            executable: file.is_executable(),
            stored: file.size() <= FILE_MAX,
        }
    }
}

/// Folders under construction.
#[derive(Debug, Default)]
struct Draft {
    files: BTreeMap<String, FileNode>,
    folders: BTreeMap<String, Draft>,
}

impl Draft {
    fn of(survey: &Survey) -> Self {
        let mut root = Self::default();
        for (path, file) in survey.files() {
            let (folders, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
            let folder =
                folders.split('/').filter(|name| !name.is_empty()).fold(&mut root, |folder, name| {
                    // Looked for first: most files lie where the one before them lay.
                    if !folder.folders.contains_key(name) {
                        folder.folders.insert(name.to_owned(), Self::default());
                    }
                    folder.folders.entry(name.to_owned()).or_default()
                });
            folder.files.insert(name.to_owned(), file.into());
        }
        root
    }
}

impl Snapshots {
    /// Stores the folders of `survey` and returns the root's digest.
    pub(crate) fn put_tree(&self, connection: &Connection, survey: &Survey) -> Result<Digest, SnapshotError> {
        self.put_folder(connection, Draft::of(survey))
    }

    fn put_folder(&self, connection: &Connection, draft: Draft) -> Result<Digest, SnapshotError> {
        let mut folder: Folder =
            draft.files.into_iter().map(|(name, file)| (name, Node::File(file))).collect();
        for (name, draft) in draft.folders {
            folder.insert(name, Node::Folder(self.put_folder(connection, draft)?));
        }
        let bytes = encode(&folder);
        let digest = Digest::of(&bytes);
        if !self.has(connection, digest)? {
            self.put(connection, digest, &bytes)?;
        }
        Ok(digest)
    }

    pub(crate) fn folder(&self, connection: &Connection, digest: Digest) -> Result<Folder, SnapshotError> {
        if digest == empty() {
            return Ok(Folder::new());
        }
        let bytes = self.get(connection, digest)?;
        postcard::from_bytes(&bytes).map_err(|_| self.damaged(digest))
    }

    /// Whether there is such a folder in the store.
    pub(crate) fn is_stored(&self, connection: &Connection, root: Digest) -> Result<bool, SnapshotError> {
        Ok(root == empty() || self.has(connection, root)?)
    }

    /// All files below a root, sorted by path.
    pub(crate) fn flatten(
        &self,
        connection: &Connection,
        root: Digest,
    ) -> Result<Vec<SnapshotFile>, SnapshotError> {
        let mut files = Vec::new();
        let mut folders = vec![(String::new(), root)];
        while let Some((above, digest)) = folders.pop() {
            for (name, node) in self.folder(connection, digest)? {
                let path = format!("{above}{name}");
                match node {
                    Node::Folder(digest) => folders.push((format!("{path}/"), digest)),
                    // A path that is none can only come from a damaged store.
                    Node::File(file) => {
                        let path = RelativePath::parse(&path).map_err(|_| self.damaged(digest))?;
                        files.push(SnapshotFile::new(path, file));
                    }
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

fn encode(folder: &Folder) -> Vec<u8> {
    // Writing maps of strings and numbers into memory cannot fail.
    postcard::to_allocvec(folder).unwrap_or_default()
}

/// The digest of a folder without entries, which is the root of an empty project.
fn empty() -> Digest {
    static EMPTY: OnceLock<Digest> = OnceLock::new();
    *EMPTY.get_or_init(|| Digest::of(&encode(&Folder::new())))
}
