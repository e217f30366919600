//! WebAssembly components.

use super::{Entry, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    left_out("W1", "an infinite loop", "ended by the limit; its store is not used again", "WHY"),
    left_out("W2", "a loop within bulk operations, at the start, in `describe`", "ended by the limit", "WHY"),
    left_out("W3", "growing memory, over several memories", "denied; the host's memory is bounded", "WHY"),
    left_out("W4", "growing tables", "denied", "WHY"),
    left_out("W5", "endless recursion", "a trap", "WHY"),
    left_out("W6", "huge strings and lists in calls of the host", "a trap before they are copied", "WHY"),
    left_out("W7", "strings that are no UTF-8", "a trap", "WHY"),
    left_out("W8", "handles that are never given back", "ends at the size of the table; all are gone with the call", "WHY"),
    left_out("W9", "handles that nobody gave out, or that were given back", "a trap", "WHY"),
    left_out("W10", "trapping on every call", "quarantined; others go on", "WHY"),
    left_out("W11", "components that are huge, or take long to compile", "refused before they are compiled", "WHY"),
    left_out("W12", "importing what plugins do not get", "refused, and named", "WHY"),
    left_out("W13", "random bytes and polls beyond measure", "a trap", "WHY"),
    left_out("W14", "headers of `wasi:http` beyond measure", "the interface is not there", "WHY"),
    left_out("W15", "going away in the middle of a call", "the server is well; the next call is a fresh one", "WHY"),
    left_out("W16", "waiting in the host beyond every limit", "ended by the step's time", "WHY"),
    left_out("W17", "environment, arguments, folders, clocks", "nothing but the project and clocks", "WHY"),
    left_out("W18", "printing and logging without end", "bounded", "WHY"),
    left_out("W19", "compiled code in the place of a component", "refused", "WHY"),
    left_out("W20", "code that the compiler gets wrong", "left to the compiler's fixes", "WHY"),
    left_out("W21", "two components on one project at the same time", "one after the other", "WHY"),
    left_out("W22", "a named pipe opened through WASI", "blocks nobody else", "WHY"),
];
