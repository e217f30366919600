//! What has become of a hunk so far.

use crate::{
    place::HunkPlace,
    report::{Decider, Rejection},
};

/// A hunk on its way.
pub(crate) enum HunkState {
    Placed(HunkPlace, Option<Decider>),
    Already(usize),
    Refused(Rejection),
}
