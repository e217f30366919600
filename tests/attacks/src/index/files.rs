//! Files.

use super::{Control, Entry, by, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    by(
        "F1",
        "`../secret`, `d/../../x`",
        "refused",
        &["f1_dots_lead_nowhere"],
        Control::Within("who may go there reads the file by that path"),
    ),
    left_out("F2", "absolute paths", "refused", "not made"),
    left_out("F3", "a link to a file, to `..` or to `/proc/self/root`, opened", "refused", "not made"),
    left_out(
        "F4",
        "making a link that leads out; reading one that a command made, by WASI, download, archive, diff",
        "refused, or passed over",
        "not made",
    ),
    left_out("F5", "a folder exchanged for a link while it is used", "nothing gets out", "not made"),
    left_out("F6", "a second name for a file outside", "not readable through the project", "not made"),
    left_out("F7", "a named pipe in the project", "nobody waits for its writer", "not made"),
    left_out(
        "F8",
        "sockets, sparse files, names that are long, deep, no text, or right to left",
        "listed within bounds, encoded",
        "not made",
    ),
    left_out("F9", "devices", "refused", "not made"),
    left_out("F10", "set-user-id files", "not root's, and not in archives", "not made"),
    left_out("F11", "removing or moving the project's folder", "the project stays", "not made"),
    left_out(
        "F12",
        "`.GIT` and other spellings of protected names",
        "have no power; what is protected is elsewhere",
        "not made",
    ),
    left_out(
        "F13",
        "settings and hooks of editors, git and package clients",
        "the host runs nothing of a project",
        "not made",
    ),
    left_out("F14", "archives with names that lead out, and with links", "refused, passed over", "not made"),
    left_out("F15", "another project", "there is no way to name it", "not made"),
];
