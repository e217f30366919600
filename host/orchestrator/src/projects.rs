//! One run or one change at a time works on a project; the others wait in line or are refused.

use orchestrator_core::{IfBusy, ProjectId, RunId};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Who works on which project.
#[derive(Clone, Default)]
pub(crate) struct Projects(Arc<Mutex<HashMap<ProjectId, Line>>>);

/// What works on a project, or waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A run.
    Run(RunId),
    /// A change from outside of runs. It has an id of that form while it is made, which nobody is told: there is no such run.
    Change(RunId),
}

impl Holder {
    /// A change of its own.
    pub(crate) fn change() -> Self {
        Self::Change(RunId::generate())
    }

    /// The run, where it is one.
    pub(crate) fn run(self) -> Option<RunId> {
        match self {
            Self::Run(run_id) => Some(run_id),
            Self::Change(_) => None,
        }
    }
}

struct Line {
    at_work: Holder,
    /// Whether the project is being deleted: then there is nothing to wait for.
    going: bool,
    waiting: VecDeque<(Holder, oneshot::Sender<()>)>,
}

/// A holder's claim on its project: at work, or in line. Dropping it lets the next one work.
pub(crate) struct Claim {
    projects: Projects,
    project: ProjectId,
    holder: Holder,
    turn: Option<oneshot::Receiver<()>>,
    /// The run ahead in line, when there is one. Who waits for a change alone waits behind no run.
    pub(crate) behind: Option<RunId>,
}

impl Projects {
    fn lock(&self) -> MutexGuard<'_, HashMap<ProjectId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims `project` for `holder`.
    ///
    /// # Errors
    /// Who is at work, when the project is busy and `if_busy` says to refuse, or the project is being deleted.
    pub(crate) fn claim(
        &self,
        project: &ProjectId,
        holder: Holder,
        if_busy: IfBusy,
    ) -> Result<Claim, Holder> {
        let mut lines = self.lock();
        let (turn, behind) = match lines.get_mut(project) {
            None => {
                let line = Line { at_work: holder, going: false, waiting: VecDeque::new() };
                lines.insert(project.clone(), line);
                (None, None)
            }
            Some(line) if if_busy == IfBusy::Reject || line.going => return Err(line.at_work),
            Some(line) => {
                let ahead = line.waiting.back().map_or(line.at_work, |(ahead, _)| *ahead);
                let (sender, turn) = oneshot::channel();
                line.waiting.push_back((holder, sender));
                (Some(turn), ahead.run())
            }
        };
        Ok(Claim { projects: self.clone(), project: project.clone(), holder, turn, behind })
    }
}

impl Claim {
    /// Lets nobody wait in line any more: the project is about to be deleted. Says whether somebody does already.
    pub(crate) fn close(&self) -> bool {
        let mut lines = self.projects.lock();
        let Some(line) = lines.get_mut(&self.project) else { return false };
        line.going = line.waiting.is_empty();
        !line.going
    }

    /// Waits until it is this run's turn.
    pub(crate) async fn turn(&mut self) {
        if let Some(turn) = self.turn.as_mut() {
            // The sender is dropped without a word only together with the whole line.
            turn.await.ok();
            self.turn = None;
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut lines = self.projects.lock();
        let Some(line) = lines.get_mut(&self.project) else { return };
        if line.at_work != self.holder {
            line.waiting.retain(|(holder, _)| *holder != self.holder);
            return;
        }
        while let Some((next, sender)) = line.waiting.pop_front() {
            line.at_work = next;
            if sender.send(()).is_ok() {
                return;
            }
        }
        lines.remove(&self.project);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::StartError;

    #[tokio::test]
    async fn runs_take_turns_in_the_order_they_came() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [a, b, c] = [(); 3].map(|()| Holder::Run(RunId::generate()));
        let first = projects.claim(&project, a, IfBusy::Reject).ok().unwrap();
        assert_eq!(projects.claim(&project, b, IfBusy::Reject).err(), Some(a));
        let mut second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let mut third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        assert_eq!((second.behind, third.behind), (a.run(), b.run()));
        drop(first);
        second.turn().await;
        drop(second);
        third.turn().await;
        drop(third);
        assert!(projects.lock().is_empty());
    }

    #[tokio::test]
    async fn who_waits_for_a_change_waits_behind_no_run() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [b, c] = [(); 2].map(|()| Holder::Run(RunId::generate()));
        let change = projects.claim(&project, Holder::change(), IfBusy::Reject).ok().unwrap();
        let refused = projects.claim(&project, b, IfBusy::Reject).err().unwrap();
        assert_eq!(StartError::from(refused), StartError::Changing);
        let mut second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        assert_eq!((second.behind, third.behind), (None, b.run()));
        drop(change);
        second.turn().await;
        assert_eq!(projects.claim(&project, c, IfBusy::Reject).err(), Some(b));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_project_that_is_being_deleted() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [a, b, c] = [(); 3].map(|()| Holder::Run(RunId::generate()));
        let first = projects.claim(&project, a, IfBusy::Reject).ok().unwrap();
        let second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        assert!(first.close(), "somebody waits for it");
        drop(second);
        assert!(!first.close());
        assert_eq!(projects.claim(&project, c, IfBusy::Queue).err(), Some(a));
        drop(first);
        assert!(projects.claim(&project, c, IfBusy::Queue).is_ok());
    }

    #[tokio::test]
    async fn one_that_leaves_the_line_is_passed_over() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [a, b, c] = [(); 3].map(|()| Holder::Run(RunId::generate()));
        let first = projects.claim(&project, a, IfBusy::Reject).ok().unwrap();
        let second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let mut third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        drop(second);
        drop(first);
        third.turn().await;
        assert_eq!(projects.claim(&project, a, IfBusy::Reject).err(), Some(c));
    }
}
