//! WebAssembly components.

use super::{Control, Entry, by, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    by(
        "W1",
        "an infinite loop",
        "ended by the limit; its store is not used again",
        &["w1_infinite_loop_is_ended"],
        Control::Test("w1_control_a_loop_with_time_goes_on"),
    ),
    left_out(
        "W2",
        "a loop within bulk operations, at the start, in `describe`",
        "ended by the limit",
        "not made",
    ),
    left_out(
        "W3",
        "growing memory, over several memories",
        "denied; the host's memory is bounded",
        "not made",
    ),
    left_out("W4", "growing tables", "denied", "not made"),
    left_out("W5", "endless recursion", "a trap", "not made"),
    left_out(
        "W6",
        "huge strings and lists in calls of the host",
        "a trap before they are copied",
        "not made",
    ),
    left_out("W7", "strings that are no UTF-8", "a trap", "not made"),
    left_out(
        "W8",
        "handles that are never given back",
        "ends at the size of the table; all are gone with the call",
        "not made",
    ),
    left_out("W9", "handles that nobody gave out, or that were given back", "a trap", "not made"),
    left_out("W10", "trapping on every call", "quarantined; others go on", "not made"),
    left_out(
        "W11",
        "components that are huge, or take long to compile",
        "refused before they are compiled",
        "not made",
    ),
    left_out("W12", "importing what plugins do not get", "refused, and named", "not made"),
    left_out("W13", "random bytes and polls beyond measure", "a trap", "not made"),
    left_out("W14", "headers of `wasi:http` beyond measure", "the interface is not there", "not made"),
    left_out(
        "W15",
        "going away in the middle of a call",
        "the server is well; the next call is a fresh one",
        "not made",
    ),
    left_out("W16", "waiting in the host beyond every limit", "ended by the step's time", "not made"),
    left_out(
        "W17",
        "environment, arguments, folders, clocks",
        "nothing but the project and clocks",
        "not made",
    ),
    left_out("W18", "printing and logging without end", "bounded", "not made"),
    left_out("W19", "compiled code in the place of a component", "refused", "not made"),
    left_out("W20", "code that the compiler gets wrong", "left to the compiler's fixes", "not made"),
    left_out("W21", "two components on one project at the same time", "one after the other", "not made"),
    left_out("W22", "a named pipe opened through WASI", "blocks nobody else", "not made"),
];
