//! Calls [`Registry::refresh`] when the folder changes, and every now and then in case nobody said so.

use crate::registry::Registry;
use notify::{
    EventKind, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinHandle};

/// How long the folder must be quiet: a file that is being copied reports many changes.
const QUIET: Duration = Duration::from_millis(80);
/// Longest wait for quiet, so that a folder in constant change is looked at all the same.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often the folder is looked at without a notification, which some file systems never send.
const INTERVAL: Duration = Duration::from_secs(2);

/// Keeps a registry true to its folder until it is dropped.
pub struct Watcher {
    task: JoinHandle<()>,
    _notifier: Option<notify::RecommendedWatcher>,
}

impl Watcher {
    /// Begins to watch.
    #[must_use]
    pub fn start(registry: Arc<Registry>) -> Self {
        let changed = Arc::new(Notify::new());
        let notifier = notifier(&registry, Arc::clone(&changed));
        Self { task: tokio::spawn(watch(registry, changed)), _notifier: notifier }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn notifier(registry: &Registry, changed: Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let told = move |event: notify::Result<notify::Event>| {
        if event.map_or(true, |event| changes_something(&event.kind)) {
            changed.notify_one();
        }
    };
    let watcher = notify::recommended_watcher(told).and_then(|mut watcher| {
        watcher.watch(registry.folder(), RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    match watcher {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            let folder = registry.folder().display();
            tracing::warn!(%folder, %error, "no notifications; looking every {} s instead", INTERVAL.as_secs());
            None
        }
    }
}

/// Looking into the folder is reported as well; taking that for a change would make each look cause the next.
fn changes_something(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => matches!(access, AccessKind::Close(AccessMode::Write)),
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

async fn watch(registry: Arc<Registry>, changed: Arc<Notify>) {
    loop {
        tokio::select! {
            () = changed.notified() => settle(&changed).await,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        if let Err(error) = registry.refresh().await {
            let folder = registry.folder().display();
            tracing::warn!(%folder, %error, "the plugins folder cannot be read; what was loaded serves on");
        }
    }
}

/// Waits until the folder has been quiet for a moment.
async fn settle(changed: &Notify) {
    let patience = tokio::time::sleep(PATIENCE);
    tokio::pin!(patience);
    loop {
        tokio::select! {
            () = &mut patience => return,
            () = tokio::time::sleep(QUIET) => return,
            () = changed.notified() => {}
        }
    }
}
