//! What is loaded, and how it is brought in line with the folder.

use crate::{
    change::FolderChange,
    folder::{self, File, Stamp},
    set::PluginSet,
    view::{LoadFailure, Origin, PluginState, PluginView},
};
use arc_swap::ArcSwap;
use orchestrator_core::Timestamp;
use orchestrator_runtime::{Carried, LoadError, Plugin, Runtime};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::{Mutex, mpsc, watch};

/// The plugins cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A plugin that the program carries does not load: the program was built wrong.
    #[error("the built-in plugin '{name}' does not load: {source}")]
    Builtin {
        /// Its name.
        name: String,
        /// Why.
        source: LoadError,
    },
    /// The plugins folder can be neither made nor used.
    #[error("the plugins folder {path} cannot be used: {source}; choose another with --plugins-dir")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The plugins, kept true to the folder.
pub struct Registry {
    runtime: Runtime,
    folder: PathBuf,
    builtin: Vec<(Arc<Plugin>, Timestamp)>,
    files: RwLock<BTreeMap<String, File>>,
    serving: ArcSwap<PluginSet>,
    refreshing: Mutex<()>,
    generation: watch::Sender<u64>,
    /// Where changes of the folder are told, and the other end until somebody takes it.
    told: mpsc::UnboundedSender<FolderChange>,
    telling: std::sync::Mutex<Option<mpsc::UnboundedReceiver<FolderChange>>>,
}

impl Registry {
    /// Loads the built-in plugins and then what is in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// When a built-in plugin does not load or the folder cannot be used. A file in the folder that does not load is
    /// no error; it is refused.
    pub async fn open(
        runtime: Runtime,
        builtin: impl IntoIterator<Item = (&str, Carried)>,
        folder: PathBuf,
    ) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Folder { path: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(unusable)?;
        let mut loaded = Vec::new();
        for (name, carried) in builtin {
            let plugin = runtime
                .load_carried(carried)
                .await
                .map_err(|source| OpenError::Builtin { name: name.to_owned(), source })?;
            loaded.push((Arc::new(plugin), Timestamp::now()));
        }
        let (told, telling) = mpsc::unbounded_channel();
        let registry = Self {
            runtime,
            builtin: loaded,
            files: RwLock::default(),
            serving: ArcSwap::default(),
            refreshing: Mutex::default(),
            generation: watch::Sender::new(0),
            told,
            telling: std::sync::Mutex::new(Some(telling)),
            folder,
        };
        registry.publish(&BTreeMap::new());
        registry
            .refresh()
            .await
            .map_err(|source| OpenError::Folder { path: registry.folder.clone(), source })?;
        Ok(registry)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The plugins that serve new runs now.
    #[must_use]
    pub fn serving(&self) -> Arc<PluginSet> {
        self.serving.load_full()
    }

    /// Counts the changes of what is served or refused, for those who wait for one.
    #[must_use]
    pub fn generations(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// What came of each file since the registry was opened, in order. There is one to have: the first who asks gets
    /// it. What is told before that is kept for it.
    #[must_use]
    pub fn changes(&self) -> Option<mpsc::UnboundedReceiver<FolderChange>> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether anybody listens is their business.
    fn tell(&self, change: FolderChange) {
        let _ = self.told.send(change);
    }

    /// Brings what is served in line with the folder.
    ///
    /// # Errors
    /// When the folder cannot be read; what was served is served still.
    pub async fn refresh(&self) -> std::io::Result<()> {
        let _one_at_a_time = self.refreshing.lock().await;
        let found = folder::scan(&self.folder)?;
        let mut tried = Vec::new();
        for (name, stamp) in &found {
            if self.is_new(name, stamp) {
                tried.push((name.clone(), stamp.clone(), self.load(name).await));
            }
        }
        self.take_over(&found, tried);
        Ok(())
    }

    /// Makes the folder's state the registry's in one go: who sees a file in [`Registry::views`] gets it from
    /// [`Registry::serving`], and a file that was renamed is not missing in between.
    fn take_over(
        &self,
        found: &BTreeMap<String, Stamp>,
        tried: Vec<(String, Stamp, Result<Plugin, String>)>,
    ) {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let before = files.len();
        files.retain(|name, _| {
            let stays = found.contains_key(name);
            if !stays {
                tracing::info!(file = name, "plugin file removed");
                self.tell(FolderChange::Removed { file: name.clone() });
            }
            stays
        });
        let changed = files.len() != before || !tried.is_empty();
        for (name, stamp, result) in tried {
            let earlier = files.remove(&name).and_then(|file| file.good);
            let file = file_of(&name, stamp, result, earlier);
            self.tell(FolderChange::of(&name, &file));
            files.insert(name, file);
        }
        if changed {
            self.publish(&files);
        }
    }

    fn is_new(&self, name: &str, stamp: &Stamp) -> bool {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.get(name).is_none_or(|file| file.stamp != *stamp)
    }

    async fn load(&self, name: &str) -> Result<Plugin, String> {
        let bytes = tokio::fs::read(self.folder.join(name))
            .await
            .map_err(|error| format!("it cannot be read: {error}"))?;
        self.runtime.load(bytes).await.map_err(|error| error.to_string())
    }

    /// Swaps in the set that follows from the built-in plugins and the files.
    fn publish(&self, files: &BTreeMap<String, File>) {
        let mut set = PluginSet::default();
        for (plugin, _) in &self.builtin {
            set.insert(Arc::clone(plugin));
        }
        // In reverse, because of two files with one name the alphabetically first is to win.
        for (plugin, _) in files.values().rev().filter_map(|file| file.good.as_ref()) {
            set.insert(Arc::clone(plugin));
        }
        self.serving.store(Arc::new(set));
        self.generation.send_modify(|generation| *generation += 1);
    }

    /// Whether the program carries a component of this digest. A file in the folder that holds the same bytes is the
    /// same plugin; one that holds others under the same name is not.
    #[must_use]
    pub fn carries(&self, digest: &str) -> bool {
        self.builtin.iter().any(|(plugin, _)| plugin.digest() == digest)
    }

    /// All plugins and all refused files, by name. What they are granted is not known here.
    #[must_use]
    pub fn views(&self) -> Vec<PluginView> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let mut taken = BTreeMap::new();
        let mut views: Vec<_> = files.iter().map(|(name, file)| view_file(name, file, &mut taken)).collect();
        let in_folder: BTreeSet<_> = taken.into_keys().collect();
        views.extend(self.builtin.iter().map(|(plugin, loaded_at)| {
            let replaced = in_folder.contains(&(plugin.kind() as u8, plugin.name().to_owned()));
            let state = if replaced { PluginState::Replaced } else { PluginState::Serving };
            PluginView::loaded(plugin, Origin::BuiltIn, state, *loaded_at)
        }));
        views.sort_by(|a, b| a.name.cmp(&b.name));
        views
    }
}

/// What came of a file, given the plugin that it held before.
fn file_of(
    name: &str,
    stamp: Stamp,
    result: Result<Plugin, String>,
    earlier: Option<(Arc<Plugin>, Timestamp)>,
) -> File {
    match result {
        Ok(plugin) => {
            let (served, version, digest) = (plugin.name(), plugin.version(), plugin.digest());
            tracing::info!(file = name, plugin = served, version, digest, "plugin loaded");
            File { stamp, good: Some((Arc::new(plugin), Timestamp::now())), error: None }
        }
        Err(message) => {
            let kept = earlier.is_some();
            tracing::warn!(file = name, reason = message, earlier_version_kept = kept, "plugin refused");
            let error = LoadFailure { message, file: name.to_owned(), time: Timestamp::now() };
            File { stamp, good: earlier, error: Some(error) }
        }
    }
}

fn view_file(name: &str, file: &File, taken: &mut BTreeMap<(u8, String), String>) -> PluginView {
    let Some((plugin, loaded_at)) = &file.good else {
        let error = file.error.clone().unwrap_or_else(|| LoadFailure {
            message: "it was not tried yet".into(),
            file: name.to_owned(),
            time: Timestamp::now(),
        });
        return PluginView::refused(name, error);
    };
    let key = (plugin.kind() as u8, plugin.name().to_owned());
    let winner = taken.entry(key).or_insert_with(|| name.to_owned()).clone();
    let state = if winner == name { PluginState::Serving } else { PluginState::Refused };
    let mut view = PluginView::loaded(plugin, Origin::Folder, state, *loaded_at);
    view.file = Some(name.to_owned());
    view.last_error = file.error.clone();
    if winner != name {
        view.last_error = Some(LoadFailure {
            message: format!("'{}' is served by {winner}; remove one of the two files", plugin.name()),
            file: name.to_owned(),
            time: *loaded_at,
        });
    }
    view
}
