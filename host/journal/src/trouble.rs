//! Whether the journal can be written, for those who watch over the program.
//!
//! What is known is the last write: it was committed, or it was not and there is a reason. Nothing is written to find
//! out more as long as all is well. After a failure somebody has to try again, or the reason would be told until the next
//! run; [`WeakLedger::probe`](crate::WeakLedger::probe) is that try.

use crate::JournalError;
use tokio::sync::watch;

/// Follows whether the journal can be written: the reason why the last write failed, when it did.
pub type Trouble = watch::Receiver<Option<JournalError>>;

/// Where the writer notes how its writes go.
#[derive(Debug)]
pub(crate) struct Notebook(watch::Sender<Option<JournalError>>);

impl Default for Notebook {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Notebook {
    /// Notes how a write went, and wakes those who follow when that is news.
    pub(crate) fn note(&self, lost: Option<&JournalError>) {
        self.0.send_if_modified(|noted| {
            let news = noted.as_ref() != lost;
            if news {
                // Once, however long it lasts: whoever lost an event says so as well.
                match lost {
                    Some(error) => tracing::error!(%error, "the journal cannot be written"),
                    None => tracing::info!("the journal can be written again"),
                }
                *noted = lost.cloned();
            }
            news
        });
    }

    pub(crate) fn follow(&self) -> Trouble {
        self.0.subscribe()
    }
}
