//! The report of a patch, from the engine's types to the contract's.

use crate::Patched;
use orchestrator_contract::{convert::into_file_change, edits as wit};
use orchestrator_patch as patch;

/// What a guest is told of a patch.
pub(super) fn into_patch_report(patched: Patched) -> wit::PatchReport {
    let Patched { report, changes } = patched;
    wit::PatchReport {
        outcome: match (report.is_applied(), changes.is_empty()) {
            (true, false) => wit::PatchOutcome::Applied,
            (true, true) => wit::PatchOutcome::AlreadyApplied,
            (false, _) => wit::PatchOutcome::Refused,
        },
        text: report.text(),
        refused: report.files.iter().filter_map(into_refusal).collect(),
        hunks: report.files.into_iter().flat_map(into_hunks).collect(),
        files: changes.into_iter().map(into_file_change).collect(),
    }
}

fn into_refusal(file: &patch::FileReport) -> Option<wit::Refusal> {
    let reason = file.refused.clone()?;
    Some(wit::Refusal { path: file.path.clone(), reason })
}

fn into_hunks(file: patch::FileReport) -> impl Iterator<Item = wit::HunkReport> {
    let path = file.path;
    file.hunks.into_iter().map(move |hunk| wit::HunkReport {
        path: path.clone(),
        number: hunk.number,
        outcome: into_outcome(hunk.outcome),
    })
}

fn into_outcome(outcome: patch::HunkOutcome) -> wit::HunkOutcome {
    match outcome {
        patch::HunkOutcome::Applied(placement) => wit::HunkOutcome::Applied(into_placement(placement)),
        patch::HunkOutcome::AlreadyApplied { line } => wit::HunkOutcome::AlreadyApplied(line),
        patch::HunkOutcome::Refused(rejection) => wit::HunkOutcome::Refused(into_rejection(rejection)),
    }
}

fn into_placement(placement: patch::Placement) -> wit::Placement {
    wit::Placement {
        line: placement.line,
        offset: placement.offset,
        strategy: match placement.strategy {
            patch::Strategy::Exact => wit::Strategy::Exact,
            patch::Strategy::LineEnds => wit::Strategy::LineEnds,
            patch::Strategy::Indentation => wit::Strategy::Indentation,
            patch::Strategy::Punctuation => wit::Strategy::Punctuation,
            patch::Strategy::Context => wit::Strategy::Context,
            patch::Strategy::Similarity => wit::Strategy::Similarity,
        },
        similarity: placement.similarity,
        decided_by: placement.decided_by.map(|decider| match decider {
            // The end of the file is a line like one that a number names.
            patch::Decider::LineNumber | patch::Decider::EndOfFile => wit::Decider::LineNumber,
            patch::Decider::NeighbouringHunk => wit::Decider::NeighbouringHunk,
            patch::Decider::Heading => wit::Decider::Heading,
        }),
    }
}

fn into_rejection(rejection: patch::Rejection) -> wit::Rejection {
    let into_candidate = |candidate: patch::Candidate| wit::Candidate {
        line: candidate.line,
        similarity: candidate.similarity,
        text: candidate.text,
    };
    wit::Rejection {
        kind: into_kind(rejection.kind),
        reason: rejection.reason,
        divergence: rejection.divergence.map(|divergence| wit::Divergence {
            line: divergence.line,
            expected: divergence.expected,
            found: divergence.found,
        }),
        candidates: rejection.candidates.into_iter().map(into_candidate).collect(),
    }
}

fn into_kind(kind: patch::RejectionKind) -> wit::RejectionKind {
    match kind {
        patch::RejectionKind::Ambiguous => wit::RejectionKind::Ambiguous,
        patch::RejectionKind::NotFound => wit::RejectionKind::NotFound,
        patch::RejectionKind::Unclear => wit::RejectionKind::Unclear,
        patch::RejectionKind::Cut => wit::RejectionKind::Cut,
        patch::RejectionKind::Malformed => wit::RejectionKind::Malformed,
        patch::RejectionKind::NoChange => wit::RejectionKind::NoChange,
        patch::RejectionKind::NoContext => wit::RejectionKind::NoContext,
        patch::RejectionKind::Overlap => wit::RejectionKind::Overlap,
        // The contract has no case for it; the reason says what it is.
        patch::RejectionKind::Omission => wit::RejectionKind::Unclear,
        patch::RejectionKind::TooMuchWork => wit::RejectionKind::TooMuchWork,
    }
}
