//! Patches as models write them.

mod report;

pub use report::{
    CANDIDATE_LINES_MAX, CANDIDATES_MAX, Candidate, Change, Decider, Divergence, FileReport, HunkOutcome,
    HunkReport, LINE_MAX, Placement, Rejection, RejectionKind, Report, Strategy,
};
