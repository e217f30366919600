//! Files.

use super::{Control, Entry, by};

pub(super) const ENTRIES: &[Entry] = &[
    by(
        "F1",
        "`../secret`, `d/../../x`",
        "refused",
        &["f1_dots_lead_nowhere"],
        Control::Within("the path leads to the canary for whoever may go there"),
    ),
    by(
        "F2",
        "absolute paths",
        "refused",
        &["f2_absolute_paths_lead_nowhere"],
        Control::Within("the machine has files of these names"),
    ),
    by(
        "F3",
        "a link to a file, to `..` or to `/proc/self/root`, opened",
        "refused",
        &["f3_links_are_not_followed_out"],
        Control::Within("the links lead to the canary for whoever may go there"),
    ),
    by(
        "F4",
        "making a link that leads out; reading one that a command made, by WASI, download, archive, diff",
        "refused, or passed over",
        &["f4_links_that_lead_out_are_not_made_by_wasi", "f4_links_that_a_command_made_show_nothing"],
        Control::Within(
            "a link to the project's own is made and followed; those that a command made lead to the canary for whoever may go there",
        ),
    ),
    by(
        "F5",
        "a folder exchanged for a link while it is used",
        "nothing gets out",
        &["f5_folder_exchanged_for_a_link_lets_nothing_out"],
        Control::Within("who follows links wins the race"),
    ),
    by(
        "F6",
        "a second name for a file outside",
        "not readable through the project",
        &["f6_second_name_for_a_file_outside", "f6_second_name_is_not_made_by_wasi"],
        Control::Within("no sandbox"),
    ),
    by(
        "F7",
        "a named pipe in the project",
        "nobody waits for its writer",
        &["f7_named_pipe_keeps_nobody_waiting"],
        Control::Within("who opens it as an ordinary file waits"),
    ),
    by(
        "F8",
        "sockets, sparse files, names that are long, deep, no text, or right to left",
        "listed within bounds, encoded",
        &["f8_odd_names_and_sizes_are_listed_within_bounds"],
        Control::Within("they are all there for whoever looks"),
    ),
    by(
        "F9",
        "devices",
        "refused",
        &["f9_devices_are_not_made"],
        Control::Within("root makes them outside; left out where the tests do not run as root"),
    ),
    by(
        "F10",
        "set-user-id files",
        "not root's, and not in archives",
        &["f10_files_that_run_as_another_user_are_not_made", "f10_modes_do_not_leave_with_an_archive"],
        Control::Within("no sandbox; the file has the mode before it is packed"),
    ),
    by(
        "F11",
        "removing or moving the project's folder",
        "the project stays",
        &[
            "f11_folder_of_the_project_is_not_moved_or_removed",
            "f11_what_was_removed_is_restored",
            "f11_link_in_the_place_of_the_project_is_not_followed",
        ],
        Control::Within(
            "no sandbox; the files are gone before they are restored; the link leads to the canary",
        ),
    ),
    by(
        "F12",
        "`.GIT` and other spellings of protected names",
        "have no power; what is protected is elsewhere, and what version control reads is not written",
        &["f12_other_spellings_of_names_have_no_power"],
        Control::Test("f12_control_the_policy_itself_grants"),
    ),
    by(
        "F13",
        "settings and hooks of editors, git and package clients",
        "the host runs nothing of a project",
        &["f13_nothing_in_a_project_is_run_by_the_host"],
        Control::Within("who asks git about the folder runs what it says"),
    ),
    by(
        "F14",
        "archives with names that lead out, and with links",
        "refused, passed over",
        &["f14_archives_write_nothing_outside"],
        Control::Within("an honest archive comes in, and `tar` unpacks the evil one outside"),
    ),
    by(
        "F15",
        "another project",
        "there is no way to name it",
        &["f15_other_projects_cannot_be_named"],
        Control::Within("the project itself has the file"),
    ),
    by(
        "F16",
        "a patch that is still being placed when its step's time is over",
        "nothing is written for a step that is over; what its user writes next stays",
        &["f16_nothing_is_written_for_a_step_that_is_over"],
        Control::Within("a step with time enough lands its patch"),
    ),
    by(
        "F17",
        "files in folders that no listing enters: `node_modules/.bin`, `dist`",
        "refused to plugins' writes and patches",
        &["f17_nothing_is_written_where_nobody_looks"],
        Control::Within("names beside them are written and shown"),
    ),
];
