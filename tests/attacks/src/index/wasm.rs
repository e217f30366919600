//! WebAssembly components.

use super::{Control, Entry, by, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    by("W1", "an infinite loop", "ended by the limit; its store is not used again", &["w1_infinite_loop_is_ended"], Control::Test("w2_control_loops_with_time_go_on")),
    by("W2", "a loop within bulk operations, at the start, in `describe`", "ended by the limit", &["w2_loop_in_bulk_operations_is_ended"], Control::Test("w2_control_loops_with_time_go_on")),
    by("W3", "growing memory, over several memories", "denied; the host's memory is bounded", &["w3_memory_beyond_the_limit_is_denied", "w3_memory_of_several_calls_is_given_back"], Control::Test("w3_control_memory_within_the_limit_is_given")),
    by("W4", "growing tables", "denied", &["w4_tables_beyond_the_limit_are_denied"], Control::Test("w4_control_tables_within_the_limit_serve")),
    by("W5", "endless recursion", "a trap", &["w5_endless_recursion_traps"], Control::Within("a recursion that ends")),
    by("W6", "huge strings and lists in calls of the host", "a trap before they are copied", &["w6_string_beyond_the_payload_traps_before_it_is_copied", "w6_list_beyond_the_payload_traps_before_it_is_copied"], Control::Test("w6_control_string_within_the_payload_arrives")),
    by("W7", "strings that are no UTF-8", "a trap", &["w7_string_that_is_no_text_traps"], Control::Within("a string that is one")),
    by("W8", "handles that are never given back", "ends at the size of the table; all are gone with the call", &["w8_handles_that_are_kept_end_at_the_size_of_the_table"], Control::Test("w8_control_handles_within_the_limit_are_given")),
    by("W9", "handles that nobody gave out, or that were given back", "a trap", &["w9_forged_handle_traps", "w9_handle_that_was_given_back_traps"], Control::Within("a handle of its own")),
    by("W10", "trapping on every call", "quarantined; others go on", &["w10_trap_storm_is_quarantined_and_others_go_on"], Control::Test("w10_control_with_more_strikes_it_goes_on")),
    by("W11", "components that are huge, or take long to compile", "refused before they are compiled", &["w11_component_beyond_its_size_is_refused_unread", "w11_component_of_countless_functions_is_refused_uncompiled"], Control::Within("with few functions it is refused for another reason")),
    by("W12", "importing what plugins do not get", "refused, and named", &["w12_import_of_what_plugins_do_not_get_is_refused_by_name", "w12_room_that_was_not_granted_is_denied"], Control::Test("w12_control_rooms_that_were_granted_are_open")),
    by("W13", "random bytes and polls beyond measure", "a trap", &["w13_random_bytes_beyond_measure_trap", "w13_poll_of_millions_traps"], Control::Within("less of both")),
    by("W14", "headers of `wasi:http` beyond measure", "the interface is not there", &["w14_http_is_not_to_be_had"], Control::Test("w12_control_rooms_that_were_granted_are_open")),
    by("W15", "going away in the middle of a call", "the server is well; the next call is a fresh one", &["w15_calls_that_are_left_in_the_middle_harm_no_other"], Control::Within("calls that are not left come to their end")),
    by("W16", "waiting in the host beyond every limit", "ended by the step's time", &["w16_waiting_in_the_host_ends_with_the_steps_time"], Control::Within("a shorter wait comes to its end")),
    by("W17", "environment, arguments, folders, clocks", "nothing but the project and clocks", &["w17_probe_finds_nothing_of_the_machine"], Control::Within("the key is in the server's environment")),
    by("W18", "printing and logging without end", "bounded", &["w18_printing_without_end_is_kept_within_bounds", "w18_events_without_end_are_stopped"], Control::Test("w18_control_events_within_the_limit_arrive")),
    by("W19", "compiled code in the place of a component", "refused", &["w19_compiled_code_is_not_taken"], Control::Within("the cache that the program made itself is used, so the code is sound")),
    left_out("W20", "code that the compiler gets wrong", "left to the compiler's fixes", "needs a fault of the compiler; its version is pinned, and advisories are checked by `cargo deny`"),
    by("W21", "two components on one project at the same time", "one after the other", &["w21_two_runs_on_one_project_do_not_meet"], Control::Within("on another project it is let in")),
    by("W22", "a named pipe opened through WASI", "blocks nobody else", &["w22_named_pipe_opened_through_wasi_blocks_nobody_else"], Control::Within("an ordinary file is read")),
];
