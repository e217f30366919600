//! What can be set.

mod log;
mod model;
mod places;
mod serving;
mod work;

/// One setting.
pub(crate) struct Setting {
    /// Its key in the file; a dot leads into a table.
    pub(crate) key: &'static str,
    /// Its flag, without the dashes.
    pub(crate) flag: &'static str,
    /// Its environment variables; the first that is set counts.
    pub(crate) variables: &'static [&'static str],
    /// What kind of value it has.
    pub(crate) kind: Kind,
    /// What stands for the value in the help.
    pub(crate) placeholder: &'static str,
    /// The value that it has unless it is set; none when that depends on others.
    pub(crate) default: Option<&'static str>,
    /// What it does.
    pub(crate) help: &'static str,
}

impl Setting {
    /// How its value may be shown.
    pub(crate) fn show<'a>(&self, value: &'a str) -> &'a str {
        if self.kind == Kind::Secret { "(set, not shown)" } else { value }
    }
}

/// What kind of value a setting has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A text that is never shown.
    Secret,
    /// A path; in a file, relative to that file.
    Path,
    /// A number.
    Number,
    /// Several texts: an array in a file, separated by commas elsewhere, or the flag repeated.
    List,
}

/// Every setting, in the order of the help.
pub(crate) fn every_setting() -> impl Iterator<Item = &'static Setting> {
    [places::SETTINGS, serving::SETTINGS, model::SETTINGS, work::SETTINGS, log::SETTINGS]
        .into_iter()
        .flatten()
}
