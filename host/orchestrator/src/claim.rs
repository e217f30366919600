//! Claiming a project, for a run or a change.

use crate::{
    orchestrator::Orchestrator,
    projects::{Claim, Holder},
};
use orchestrator_core::{IfBusy, ProjectId};
use orchestrator_workflow::RunState;

impl Orchestrator {
    /// Claims a project. A run whose last event has been told holds its project for a moment longer; whoever has seen
    /// that event may count on the project being free, so that moment is waited for.
    ///
    /// # Errors
    /// Who is at work, when the project is busy and `if_busy` says to refuse, or the project is being deleted.
    pub(crate) async fn claim(
        &self,
        project: &ProjectId,
        holder: Holder,
        if_busy: IfBusy,
    ) -> Result<Claim, Holder> {
        let claim = || self.inner.projects.claim(project, holder, if_busy);
        let at_work = match claim() {
            Ok(claim) => return Ok(claim),
            Err(at_work) => at_work,
        };
        // A run that is not on the list has let go of the project since.
        if let Some(active) = at_work.run().and_then(|run_id| self.active(run_id)) {
            if !active.recorder.with_state(RunState::is_over) {
                return Err(at_work);
            }
            active.ended.cancelled().await;
        }
        claim()
    }
}
