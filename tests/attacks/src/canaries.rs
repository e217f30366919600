//! Things around a server that no attack may reach.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use uuid::Uuid;

/// What must stay unreached, unread and unseen.
#[derive(Debug)]
pub struct Canaries {
    listener: TcpListener,
    folder: TempDir,
    content: String,
    key: String,
}

impl Canaries {
    /// Sets them up. The file is readable by every user, so that nothing but the sandbox keeps it.
    ///
    /// # Panics
    /// When the machine has no port or no temporary folder.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.set_nonblocking(true).expect("a listener can be asked without waiting");
        let folder = tempfile::Builder::new().prefix("canary").tempdir().expect("a temporary folder");
        let content = format!("canary-file-{}", Uuid::now_v7().simple());
        fs::write(folder.path().join("secret.txt"), &content).expect("a temporary folder can be written");
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("it is ours");
        Self { listener, folder, content, key: format!("canary-key-{}", Uuid::now_v7().simple()) }
    }

    /// The file that nobody may read.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("secret.txt")
    }

    /// What is in the file.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The key in the server's environment.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The port that nobody may reach.
    ///
    /// # Panics
    /// Never: a bound listener has an address.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.listener.local_addr().expect("a bound listener has an address").port()
    }

    /// How many connections came since the last time that somebody asked.
    #[must_use]
    pub fn hits(&self) -> usize {
        std::iter::from_fn(|| self.listener.accept().ok()).count()
    }

    /// Whether the file is as it was.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        fs::read_to_string(self.file()).is_ok_and(|text| text == self.content)
            && fs::read_dir(self.folder.path()).is_ok_and(|entries| entries.count() == 1)
    }

    /// What of the secrets is in these bytes.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> Option<&str> {
        [&self.content, &self.key]
            .into_iter()
            .map(String::as_str)
            .find(|secret| memchr::memmem::find(bytes, secret.as_bytes()).is_some())
    }

    /// The first file below `folder` that has one of the secrets in it. Links are not followed; what is no ordinary
    /// file is passed over, and so is compiled code.
    #[must_use]
    pub fn in_files(&self, folder: &Path) -> Option<PathBuf> {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            let found = if kind.is_dir() && entry.file_name() != "cache" {
                self.in_files(&path)
            } else if kind.is_file() && entry.metadata().is_ok_and(|it| it.len() < 256 << 20) {
                let bytes = fs::read(&path).unwrap_or_default();
                self.in_bytes(&bytes).is_some().then_some(path)
            } else {
                None
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl Default for Canaries {
    fn default() -> Self {
        Self::new()
    }
}
