//! The network of commands.

use super::{Control, Entry, by, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    by(
        "N1",
        "other machines",
        "unreachable",
        &["n1_no_other_machine_is_reached"],
        Control::Within("no sandbox"),
    ),
    by(
        "N2",
        "the machine's own ports",
        "unreachable",
        &["n2_ports_of_the_machine_are_not_reached"],
        Control::Within("no sandbox"),
    ),
    by(
        "N3",
        "the metadata address, private and IPv6 addresses",
        "unreachable",
        &["n3_other_addresses_of_the_machine_and_its_network_are_not_reached"],
        Control::Within("no sandbox"),
    ),
    by(
        "N4",
        "sockets with a name: D-Bus, Docker, agents",
        "not there",
        &["n4_sockets_with_a_name_are_not_reached"],
        Control::Within("no sandbox"),
    ),
    by(
        "N5",
        "sockets of virtual machines",
        "refused",
        &["n5_sockets_of_virtual_machines_are_refused"],
        Control::Within("no sandbox"),
    ),
    by(
        "N6",
        "the proxy, asked in ways that it might misread",
        "403 or 400",
        &["n6_the_proxy_understands_nothing_that_can_be_misread"],
        Control::Within("what is allowed, asked for properly"),
    ),
    by(
        "N7",
        "an allowed name that leads to a private address",
        "denied when it is dialled",
        &["n7_an_allowed_name_that_leads_inside_is_denied"],
        Control::Within("an index that settings of the machine name"),
    ),
    by(
        "N8",
        "the way out, used from a process of a process",
        "the same answer",
        &["n8_processes_of_processes_get_the_same_answer"],
        Control::Within("the index that is allowed"),
    ),
    by(
        "N9",
        "going around the proxy",
        "nothing resolves",
        &["n9_there_is_no_way_around_the_proxy"],
        Control::Within("the same index by the proxy"),
    ),
    by(
        "N10",
        "an empty list of hosts",
        "an error; no way out",
        &["n10_an_empty_list_is_a_mistake_and_opens_nothing"],
        Control::Within("a list with a word in it"),
    ),
    by(
        "N11",
        "a list that widens during a run",
        "the run keeps its own",
        &["n11_a_list_that_grows_does_not_grow_for_runs_under_way"],
        Control::Within("runs that begin later"),
    ),
    by(
        "N12",
        "volume, slowness, many connections",
        "capped",
        &["n12_only_so_much_is_given_away"],
        Control::Within("what is within the bound"),
    ),
    left_out(
        "N13",
        "giving data away to an allowed registry",
        "bounded; see what is not promised",
        "what goes to an allowed host is encrypted and not seen; `docs/network.md` says so, and the limit on what is sent is tested as N12",
    ),
    by(
        "N14",
        "a server for its own tests",
        "works, and nobody outside reaches it",
        &["n14_a_server_of_a_command_is_for_the_command_alone"],
        Control::Within("no sandbox"),
    ),
];
