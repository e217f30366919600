//! The network of commands.

use super::{Entry, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    left_out(
        "N1",
        "other machines",
        "unreachable",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N2",
        "the machine's own ports",
        "unreachable",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N3",
        "the metadata address, private and IPv6 addresses",
        "unreachable",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N4",
        "sockets with a name: D-Bus, Docker, agents",
        "not there",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N5",
        "sockets of virtual machines",
        "refused",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N6",
        "the proxy, asked in ways that it might misread",
        "403 or 400",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N7",
        "an allowed name that leads to a private address",
        "denied when it is dialled",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N8",
        "the way out, used from a process of a process",
        "the same answer",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N9",
        "going around the proxy",
        "nothing resolves",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N10",
        "an empty list of hosts",
        "an error; no way out",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N11",
        "a list that widens during a run",
        "the run keeps its own",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N12",
        "volume, slowness, many connections",
        "capped",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N13",
        "giving data away to an allowed registry",
        "bounded; see what is not promised",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
    left_out(
        "N14",
        "a server for its own tests",
        "works, and nobody outside reaches it",
        "made in `host/command/src/attacks` and `host/egress/tests`",
    ),
];
