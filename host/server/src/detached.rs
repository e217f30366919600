//! Finishing what was begun.
//!
//! When a client leaves, the server drops the handler at whatever it is waiting for. For a reader that is right. For a
//! change it could be the moment between storing something and putting it in force, or between writing a run down and
//! starting it; so changes are made in a task of their own, which nobody drops.

use crate::problem::Problem;

/// Does `work` to its end, whether or not the client waits for it.
pub(crate) async fn detached<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Send + 'static,
    Problem: From<E>,
{
    match tokio::spawn(work).await {
        Ok(result) => result.map_err(Problem::from),
        Err(error) => Err(Problem::internal(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator::RunError;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn work_goes_on_when_the_one_who_asked_is_gone() {
        let (go, wait) = oneshot::channel::<()>();
        let (done, finished) = oneshot::channel::<()>();
        let mut asked = Box::pin(detached(async move {
            wait.await.ok();
            done.send(()).ok();
            Ok::<_, RunError>(())
        }));
        assert!(futures::poll!(&mut asked).is_pending());
        drop(asked);
        go.send(()).unwrap();
        assert_eq!(finished.await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_in_the_work_is_an_internal_problem() {
        let work = async { if true { panic!("a defect") } else { Ok::<(), RunError>(()) } };
        assert_eq!(detached(work).await.unwrap_err().status, 500);
    }
}
