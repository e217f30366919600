//! Where a plugin's programs may connect to.
//!
//! An empty list is an error and not "everything" or "nothing": both have been meant by somebody. Registries are
//! named by kind, because their hosts differ from machine to machine and are read from the package client's own
//! configuration where programs are started. Anything else is one exact host and one exact port.

use crate::Destination;
use serde::{Serialize, Serializer};

/// Where programs may connect to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Network {
    /// Nowhere.
    #[default]
    None,
    /// To these, of which there is at least one.
    Allow(Vec<Destination>),
}

impl Network {
    /// The destinations; none for no network.
    #[must_use]
    pub fn destinations(&self) -> &[Destination] {
        match self {
            Self::None => &[],
            Self::Allow(destinations) => destinations,
        }
    }

    /// The destinations, as a policy writes them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.destinations().iter().map(ToString::to_string).collect()
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Allow(_) => self.names().serialize(serializer),
        }
    }
}
