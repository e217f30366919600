//! One run at a time works on a project; the others wait in line or are refused.

use crate::orchestrator::Orchestrator;
use orchestrator_core::{IfBusy, ProjectId, RunId};
use orchestrator_workflow::RunState;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Who works on which project.
#[derive(Clone, Default)]
pub(crate) struct Projects(Arc<Mutex<HashMap<ProjectId, Line>>>);

struct Line {
    at_work: RunId,
    /// Whether that is no run but a change, which has an id of that form while it is made.
    is_change: bool,
    /// Whether the project is being deleted: then there is nothing to wait for.
    going: bool,
    waiting: VecDeque<(RunId, oneshot::Sender<()>)>,
}

/// A run's claim on its project: at work, or in line. Dropping it lets the next one work.
pub(crate) struct Claim {
    projects: Projects,
    project: ProjectId,
    run_id: RunId,
    turn: Option<oneshot::Receiver<()>>,
    /// The run ahead in line, when there is one. Who waits for a change alone waits behind no run.
    pub(crate) behind: Option<RunId>,
}

impl Projects {
    fn lock(&self) -> MutexGuard<'_, HashMap<ProjectId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims `project` for `run_id`.
    ///
    /// # Errors
    /// The run at work, when the project is busy and `if_busy` says to refuse, or the project is being deleted.
    pub(crate) fn claim(&self, project: &ProjectId, run_id: RunId, if_busy: IfBusy) -> Result<Claim, RunId> {
        let mut lines = self.lock();
        let (turn, behind) = match lines.get_mut(project) {
            None => {
                let line = Line { at_work: run_id, is_change: false, going: false, waiting: VecDeque::new() };
                lines.insert(project.clone(), line);
                (None, None)
            }
            Some(line) if if_busy == IfBusy::Reject || line.going => return Err(line.at_work),
            Some(line) => {
                let at_work = (!line.is_change).then_some(line.at_work);
                let ahead = line.waiting.back().map(|(run, _)| *run).or(at_work);
                let (sender, turn) = oneshot::channel();
                line.waiting.push_back((run_id, sender));
                (Some(turn), ahead)
            }
        };
        Ok(Claim { projects: self.clone(), project: project.clone(), run_id, turn, behind })
    }
}

impl Projects {
    /// Whether a change has the project, rather than a run.
    pub(crate) fn is_being_changed(&self, project: &ProjectId) -> bool {
        self.lock().get(project).is_some_and(|line| line.is_change)
    }
}

impl Orchestrator {
    /// Claims a project. A run whose last event has been told holds its project for a moment longer; whoever has seen
    /// that event may count on the project being free, so that moment is waited for.
    ///
    /// # Errors
    /// The run at work, when the project is busy and `if_busy` says to refuse.
    pub(crate) async fn claim(
        &self,
        project: &ProjectId,
        run_id: RunId,
        if_busy: IfBusy,
    ) -> Result<Claim, RunId> {
        let claim = || self.inner.projects.claim(project, run_id, if_busy);
        let at_work = match claim() {
            Ok(claim) => return Ok(claim),
            Err(at_work) => at_work,
        };
        // One that is not on the list has let go of the project since, or is an import or a restoring.
        if let Some(active) = self.active(at_work) {
            if !active.recorder.with_state(RunState::is_over) {
                return Err(at_work);
            }
            active.ended.cancelled().await;
        }
        claim()
    }
}

impl Claim {
    /// Says that it is no run's.
    pub(crate) fn of_change(self) -> Self {
        if let Some(line) = self.projects.lock().get_mut(&self.project) {
            line.is_change = line.at_work == self.run_id;
        }
        self
    }

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
        if line.at_work != self.run_id {
            line.waiting.retain(|(run, _)| *run != self.run_id);
            return;
        }
        while let Some((next, sender)) = line.waiting.pop_front() {
            (line.at_work, line.is_change) = (next, false);
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

    #[tokio::test]
    async fn runs_take_turns_in_the_order_they_came() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [a, b, c] = [(); 3].map(|()| RunId::generate());
        let first = projects.claim(&project, a, IfBusy::Reject).ok().unwrap();
        assert_eq!(projects.claim(&project, b, IfBusy::Reject).err(), Some(a));
        let mut second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let mut third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        assert_eq!((second.behind, third.behind), (Some(a), Some(b)));
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
        let [a, b, c] = [(); 3].map(|()| RunId::generate());
        let change = projects.claim(&project, a, IfBusy::Reject).ok().unwrap().of_change();
        assert!(projects.is_being_changed(&project));
        let mut second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        assert_eq!((second.behind, third.behind), (None, Some(b)));
        drop(change);
        second.turn().await;
        assert!(!projects.is_being_changed(&project));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_project_that_is_being_deleted() {
        let projects = Projects::default();
        let project = ProjectId::new("p").unwrap();
        let [a, b, c] = [(); 3].map(|()| RunId::generate());
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
        let [a, b, c] = [(); 3].map(|()| RunId::generate());
        let first = projects.claim(&project, a, IfBusy::Reject).ok().unwrap();
        let second = projects.claim(&project, b, IfBusy::Queue).ok().unwrap();
        let mut third = projects.claim(&project, c, IfBusy::Queue).ok().unwrap();
        drop(second);
        drop(first);
        third.turn().await;
        assert_eq!(projects.claim(&project, a, IfBusy::Reject).err(), Some(c));
    }
}
