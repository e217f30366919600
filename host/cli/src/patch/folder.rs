//! The folder that a patch is applied to, reached through one handle that does not lead out of it.
//!
//! A patch is a stranger's text, and its paths may go through links that a stranger made. So paths are opened relative
//! to the folder's handle, and links are neither followed nor replaced.
//!
//! All or nothing: new contents are written beside their files first, where a full disk shows itself; then they are
//! renamed into place, and if one cannot be, what was done is undone from what was read. It is not waited for the disk: a
//! power cut is what version control is for here, and waiting would cost more than everything else.

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions, Permissions},
};
use orchestrator_core::RelativePath;
use orchestrator_patch::{Edit, Files, ReadError};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, ErrorKind, Read, Write},
    path::Path,
    rc::Rc,
};

/// Most bytes of a file that is patched.
const FILE_MAX: u64 = 64 * 1024 * 1024;
/// What a file is called until it is renamed into place.
const STAGED: &str = ".orchestrator-patch-";

/// Why a folder could not be patched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("opening the folder '{0}': {1}")]
    Open(String, #[source] io::Error),
    #[error("reading '{0}': {1}")]
    Read(String, #[source] io::Error),
    #[error("writing '{0}': {1}; nothing was changed")]
    Write(String, #[source] io::Error),
    #[error("writing '{path}': {cause}; and '{left}' could not be put back ({why}): look at what is in it")]
    HalfDone { path: String, cause: io::Error, left: String, why: io::Error },
}

/// A folder.
pub(crate) struct Folder {
    root: Rc<Dir>,
    /// Folders below it that were opened: each name is looked up once, however many files of it are patched.
    opened: RefCell<BTreeMap<String, Rc<Dir>>>,
    /// What was read, which is what is put back if need be.
    read: RefCell<BTreeMap<RelativePath, Original>>,
}

/// A file as it was.
#[derive(Clone)]
struct Original {
    content: Rc<Vec<u8>>,
    permissions: Permissions,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let root = Dir::open_ambient_dir(path, ambient_authority())
            .map_err(|error| FolderError::Open(path.display().to_string(), error))?;
        Ok(Self { root: Rc::new(root), opened: RefCell::default(), read: RefCell::default() })
    }

    /// The folder that `path` is in, and its name there.
    fn place<'p>(&self, path: &'p RelativePath) -> io::Result<(Rc<Dir>, &'p str)> {
        let Some((folder, name)) = path.as_str().rsplit_once('/') else {
            return Ok((Rc::clone(&self.root), path.as_str()));
        };
        if let Some(open) = self.opened.borrow().get(folder) {
            return Ok((Rc::clone(open), name));
        }
        let open = Rc::new(self.root.open_dir(folder)?);
        self.opened.borrow_mut().insert(folder.to_owned(), Rc::clone(&open));
        Ok((open, name))
    }

    /// The file at `path`, if it is one and not too large; otherwise why not.
    fn original(&self, path: &RelativePath) -> io::Result<Result<Original, String>> {
        let (dir, name) = self.place(path)?;
        let mut options = OpenOptions::new();
        // A named pipe is opened without waiting for its other end, and then refused.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = dir.open_with(name, &options)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Err(no_file(path)));
        }
        if metadata.len() > FILE_MAX {
            return Ok(Err(format!("'{path}' has {} bytes: at most {FILE_MAX} are patched", metadata.len())));
        }
        let size = usize::try_from(metadata.len()).unwrap_or(0);
        let mut content = Vec::with_capacity(size.saturating_add(1));
        file.take(FILE_MAX).read_to_end(&mut content)?;
        Ok(Ok(Original { content: Rc::new(content), permissions: metadata.permissions() }))
    }

    fn is_link(&self, path: &RelativePath) -> bool {
        let metadata = self.place(path).and_then(|(dir, name)| dir.symlink_metadata(name));
        metadata.is_ok_and(|metadata| metadata.is_symlink())
    }

    /// Makes all changes, or none.
    pub(crate) fn perform(&self, edits: Vec<Edit>) -> Result<(), FolderError> {
        let mut steps = Vec::new();
        for edit in edits {
            match edit {
                Edit::Create { path, content } | Edit::Modify { path, content } => {
                    steps.push(Step { like: path.clone(), path, content: Some(Rc::new(content)) });
                }
                Edit::Delete { path } => steps.push(Step { like: path.clone(), path, content: None }),
                Edit::Rename { from, to, content } => {
                    let before = self.read.borrow().get(&from).map(|original| Rc::clone(&original.content));
                    let content = content
                        .map(Rc::new)
                        .or(before)
                        .ok_or_else(|| FolderError::Read(from.to_string(), ErrorKind::NotFound.into()))?;
                    steps.push(Step { path: to, content: Some(content), like: from.clone() });
                    steps.push(Step { like: from.clone(), path: from, content: None });
                }
            }
        }
        let mut work = Work { folder: self, staged: Vec::new(), folders: Vec::new(), done: Vec::new() };
        work.stage(&steps).and_then(|()| work.commit(&steps))
    }
}

impl Files for Folder {
    type Error = FolderError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<FolderError>> {
        match self.original(path) {
            Ok(Ok(original)) => {
                let content = original.content.to_vec();
                self.read.borrow_mut().insert(path.clone(), original);
                Ok(Some(content))
            }
            Ok(Err(reason)) => Err(ReadError::Refused(reason)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound => Ok(None),
                ErrorKind::NotADirectory => {
                    Err(ReadError::Refused(format!("a folder above '{path}' is in truth a file")))
                }
                // What the handle answers to a path that leads out has no code of the system behind it.
                ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                    Err(ReadError::Refused(format!("'{path}' leads out of the folder through a link")))
                }
                _ if self.is_link(path) => Err(ReadError::Refused(no_file(path))),
                _ => Err(ReadError::Failed(FolderError::Read(path.to_string(), error))),
            },
        }
    }
}

fn no_file(path: &RelativePath) -> String {
    format!("'{path}' is a link, a folder or a device, not a file")
}

/// What a file has in the end; none if it goes.
struct Step {
    path: RelativePath,
    content: Option<Rc<Vec<u8>>>,
    /// The file whose mode it gets: its own, or that which moves here.
    like: RelativePath,
}

struct Work<'f> {
    folder: &'f Folder,
    /// For each step the file that waits to be renamed: its folder and its name; none once it was.
    staged: Vec<Option<(Rc<Dir>, String)>>,
    /// Folders made on the way, outermost first; removed again unless all is done.
    folders: Vec<String>,
    /// The files that were changed.
    done: Vec<RelativePath>,
}

impl Work<'_> {
    fn stage(&mut self, steps: &[Step]) -> Result<(), FolderError> {
        for (number, step) in steps.iter().enumerate() {
            match &step.content {
                None => self.staged.push(None),
                Some(content) => self
                    .write(step, content, number)
                    .map_err(|error| FolderError::Write(step.path.to_string(), error))?,
            }
        }
        Ok(())
    }

    fn write(&mut self, step: &Step, content: &[u8], number: usize) -> io::Result<()> {
        if !self.folder.read.borrow().contains_key(&step.path) {
            self.make_folders(&step.path)?;
        }
        let (dir, _) = self.folder.place(&step.path)?;
        let name = format!("{STAGED}{}-{number}", std::process::id());
        let mut file = dir.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
        self.staged.push(Some((dir, name)));
        file.write_all(content)?;
        let permissions =
            self.folder.read.borrow().get(&step.like).map(|original| original.permissions.clone());
        permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))
    }

    fn make_folders(&mut self, path: &RelativePath) -> io::Result<()> {
        for above in path.folders() {
            match self.folder.root.create_dir(above) {
                Ok(()) => self.folders.push(above.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn commit(mut self, steps: &[Step]) -> Result<(), FolderError> {
        for (number, step) in steps.iter().enumerate() {
            if let Err(error) = self.perform(step, number) {
                return Err(self.put_back(&step.path, error));
            }
            self.done.push(step.path.clone());
        }
        self.folders.clear();
        Ok(())
    }

    fn perform(&mut self, step: &Step, number: usize) -> io::Result<()> {
        let (dir, name) = self.folder.place(&step.path)?;
        match self.staged.get_mut(number) {
            Some(staged @ Some(_)) => {
                if let Some((from, staged)) = staged {
                    from.rename(&*staged, &dir, name)?;
                }
                *staged = None;
                Ok(())
            }
            Some(None) | None => dir.remove_file(name),
        }
    }

    /// Undoes what was done, last change first.
    fn put_back(&mut self, path: &RelativePath, cause: io::Error) -> FolderError {
        for done in std::mem::take(&mut self.done).iter().rev() {
            if let Err(why) = self.restore(done) {
                return FolderError::HalfDone { path: path.to_string(), cause, left: done.to_string(), why };
            }
        }
        FolderError::Write(path.to_string(), cause)
    }

    fn restore(&self, path: &RelativePath) -> io::Result<()> {
        let (dir, name) = self.folder.place(path)?;
        let Some(original) = self.folder.read.borrow().get(path).cloned() else {
            return dir.remove_file(name);
        };
        dir.write(name, &*original.content)?;
        dir.set_permissions(name, original.permissions)
    }
}

impl Drop for Work<'_> {
    /// Tidies up. Nothing can be done about a failure here.
    fn drop(&mut self) {
        for (dir, staged) in self.staged.iter().flatten() {
            let _ = dir.remove_file(staged);
        }
        for folder in self.folders.iter().rev() {
            let _ = self.folder.root.remove_dir(folder);
        }
    }
}
