//! What came of a file in the plugins folder, as a fact for the record.

use crate::folder::File;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderChange {
    /// It was loaded.
    Loaded {
        /// The file.
        file: String,
        /// Agent type or condition name.
        plugin: String,
        /// The plugin's own version.
        version: String,
        /// SHA-256 of the component, in hexadecimal.
        digest: String,
    },
    /// It was refused.
    Refused {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// It is gone.
    Removed {
        /// The file.
        file: String,
    },
}

impl FolderChange {
    pub(crate) fn of(name: &str, file: &File) -> Self {
        match (&file.error, &file.good) {
            (None, Some((plugin, _))) => Self::Loaded {
                file: name.to_owned(),
                plugin: plugin.name().to_owned(),
                version: plugin.version().to_owned(),
                digest: plugin.digest().to_owned(),
            },
            (error, _) => Self::Refused {
                file: name.to_owned(),
                reason: error.as_ref().map_or_else(String::new, |error| error.message.clone()),
            },
        }
    }
}
