//! Tells those who follow a project that there is another run of it.
//!
//! Only that there is one: which it is they read in the journal, so that one who sleeps costs nothing and misses nothing.
//! There is an entry for each project that is followed, and none for others.

use crate::lock;
use orchestrator_core::ProjectId;
use std::{collections::HashMap, sync::Mutex};
use tokio::sync::watch;

/// Who waits for runs of which project.
#[derive(Debug, Default)]
pub(crate) struct News(Mutex<HashMap<ProjectId, watch::Sender<()>>>);

impl News {
    /// Hears of each run that is committed from now on.
    pub(crate) fn follow(&self, project: &ProjectId) -> watch::Receiver<()> {
        let mut followed = lock(&self.0);
        followed.retain(|_, sender| sender.receiver_count() > 0);
        followed.entry(project.clone()).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    /// Another run of `project` is committed.
    pub(crate) fn tell(&self, project: &ProjectId) {
        if let Some(sender) = lock(&self.0).get(project) {
            sender.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_follows_a_project_hears_of_it_and_who_left_is_forgotten() {
        let (news, a, b) = (News::default(), ProjectId::new("a").unwrap(), ProjectId::new("b").unwrap());
        let follower = news.follow(&a);
        news.tell(&b);
        assert!(!follower.has_changed().unwrap());
        news.tell(&a);
        assert!(follower.has_changed().unwrap());
        drop(follower);
        let _other = news.follow(&b);
        assert_eq!(lock(&news.0).len(), 1);
    }
}
