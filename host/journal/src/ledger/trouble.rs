//! Whether the journal can be written: hearing of it, and trying.

use super::{Ledger, WeakLedger};
use crate::{schema, trouble::Trouble};

impl Ledger {
    /// Follows whether the journal can be written.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        self.shared.trouble.follow()
    }
}

impl WeakLedger {
    /// Writes something that changes nothing, to find out whether the journal can be written again. False once nobody
    /// has the journal open.
    pub async fn probe(&self) -> bool {
        let Some(ledger) = self.upgrade() else { return false };
        // How it went is noted by the writer.
        ledger.write("trying to write", schema::touch).await.ok();
        true
    }
}
