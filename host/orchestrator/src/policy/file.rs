//! The policy file, followed while the program runs.
//!
//! The file is read once a second, and what counts is whether its text differs. Notifications would cost more: it lies in
//! the data folder by default, where a watcher hears of everything that the journal writes. A file that cannot be read, is broken or has gone leaves the last good one in force: a
//! typing mistake must neither open what was closed nor stop what is running. A file that was never there is no
//! mistake; then the program's own policy holds alone.

use arc_swap::ArcSwap;
use orchestrator_policy::Policy;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle};

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// What is in force, and what is wrong with the file as it is now.
pub(crate) struct PolicyFile {
    path: PathBuf,
    policy: ArcSwap<Policy>,
    problem: ArcSwap<Option<String>>,
    seen: Mutex<Seen>,
    generation: watch::Sender<u64>,
}

/// What was found of the file.
struct Seen {
    /// The text that was read last, right or wrong; none while there is no file.
    text: Option<String>,
    /// Whether it could not be read since, and that is what is told.
    unreadable: bool,
}

/// Follows a file until it is dropped.
pub(crate) struct Follower {
    task: JoinHandle<()>,
}

impl PolicyFile {
    /// Reads the file. It may be missing, unless `required`.
    pub(crate) fn open(path: PathBuf, required: bool) -> Result<Arc<Self>, String> {
        let text = read(&path).map_err(|error| unreadable(&path, &error))?;
        if text.is_none() && required {
            return Err(format!("the policy file {} is not there", path.display()));
        }
        let policy = match &text {
            Some(text) => Policy::parse(text, &shown(&path)),
            None => Policy::built_in(),
        };
        let policy = policy.map_err(|error| error.to_string())?;
        Ok(Arc::new(Self {
            path,
            policy: ArcSwap::from_pointee(policy),
            problem: ArcSwap::default(),
            seen: Mutex::new(Seen { text, unreadable: false }),
            generation: watch::Sender::new(0),
        }))
    }

    /// What is in force.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// The file's name.
    pub(crate) fn name(&self) -> String {
        shown(&self.path)
    }

    /// What operators should know about the file.
    pub(crate) fn problem(&self) -> Option<String> {
        Option::clone(&self.problem.load())
    }

    /// Counts the changes of the file, good or bad.
    pub(crate) fn generations(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Looks at the file, and takes it over when it changed and is right.
    pub(crate) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match read(&self.path) {
            Ok(text) if text == seen.text => return self.recover(&mut seen),
            Ok(text) => text,
            Err(error) => return self.keep(&mut seen, unreadable(&self.path, &error)),
        };
        match &text {
            Some(text) => match Policy::parse(text, &shown(&self.path)) {
                Ok(policy) => {
                    tracing::info!(file = %self.path.display(), digest = policy.digest(), "policy file taken over");
                    self.policy.store(Arc::new(policy));
                    self.problem.store(Arc::new(None));
                }
                Err(error) => self.tell(error.to_string()),
            },
            None => self.tell(format!("{} has gone", self.path.display())),
        }
        *seen = Seen { text, unreadable: false };
        self.generation.send_modify(|generation| *generation += 1);
    }

    /// The file cannot be read for now.
    fn keep(&self, seen: &mut Seen, problem: String) {
        if self.problem().is_none() {
            seen.unreadable = true;
            self.tell(problem);
            self.generation.send_modify(|generation| *generation += 1);
        }
    }

    /// The file can be read, and is what it was.
    fn recover(&self, seen: &mut Seen) {
        if std::mem::take(&mut seen.unreadable) {
            self.problem.store(Arc::new(None));
            self.generation.send_modify(|generation| *generation += 1);
        }
    }

    fn tell(&self, problem: String) {
        tracing::warn!(problem, "the policy file cannot be used; the last good one stays in force");
        self.problem.store(Arc::new(Some(format!(
            "The policy file cannot be used, and the last good one stays in force: {}",
            problem.replace('\n', "; ")
        ))));
    }

    /// Begins to follow the file.
    pub(crate) fn follow(self: &Arc<Self>) -> Follower {
        let file = Arc::clone(self);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(INTERVAL).await;
                let file = Arc::clone(&file);
                if tokio::task::spawn_blocking(move || file.refresh()).await.is_err() {
                    return;
                }
            }
        });
        Follower { task }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        // A data folder that is a file has no policy either; what is wrong with it, the journal says better.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("the policy file {} cannot be read: {error}", path.display())
}

/// The file as messages name it, with each line: its name is enough, `policy check` says where it is.
fn shown(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        (folder, path)
    }

    #[test]
    fn broken_or_missing_files_leave_the_last_good_one_in_force() {
        let (_folder, path) = scene();
        std::fs::write(&path, "version = 1\n").unwrap();
        let file = PolicyFile::open(path.clone(), true).unwrap();
        let good = file.policy();
        std::fs::write(&path, "version = 1\n[plugin.writer]\npermision = []\n").unwrap();
        file.refresh();
        assert_eq!(file.policy().digest(), good.digest());
        assert!(file.problem().unwrap().contains("policy.toml:3"), "{:?}", file.problem());
        std::fs::remove_file(&path).unwrap();
        file.refresh();
        assert_eq!(file.policy().digest(), good.digest());
        assert!(file.problem().unwrap().contains("has gone"), "{:?}", file.problem());
        std::fs::write(&path, "version = 1\n\n").unwrap();
        file.refresh();
        assert_ne!(file.policy().digest(), good.digest());
        assert_eq!(file.problem(), None);
    }

    #[test]
    fn a_file_that_could_not_be_read_for_a_while_is_no_problem_afterwards() {
        let (_folder, path) = scene();
        std::fs::write(&path, "version = 1\n").unwrap();
        let file = PolicyFile::open(path.clone(), true).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        file.refresh();
        assert!(file.problem().unwrap().contains("cannot be read"), "{:?}", file.problem());
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, "version = 1\n").unwrap();
        file.refresh();
        assert_eq!(file.problem(), None);
    }

    #[test]
    fn a_file_that_appears_is_taken_over_and_one_that_was_named_must_be_there() {
        let (_folder, path) = scene();
        assert!(PolicyFile::open(path.clone(), true).is_err());
        let file = PolicyFile::open(path.clone(), false).unwrap();
        std::fs::write(&path, "version = 1\n[plugin.a]\npermissions = []\n").unwrap();
        file.refresh();
        assert!(file.policy().settles("a").is_some());
    }

    #[test]
    fn a_broken_file_at_the_start_is_refused_with_its_lines() {
        let (_folder, path) = scene();
        std::fs::write(&path, "version = 1\nplugins = 1\n").unwrap();
        let error = PolicyFile::open(path, false).err().unwrap();
        assert!(error.contains("policy.toml:2") && error.contains("did you mean 'plugin'?"), "{error}");
    }
}
