//! The API and browsers.

use super::{Control, Entry, by, elsewhere};

pub(super) const ENTRIES: &[Entry] = &[
    by(
        "H1",
        "a page in a project that calls the API",
        "served as text from the API's origin, without scripts",
        &["h1_page_in_a_project_is_no_page_of_the_apis_origin"],
        Control::Within("the page arrives as it was written; only its type keeps it from running"),
    ),
    by(
        "H2",
        "a page elsewhere that posts to the API, or points its name at it",
        "403, 421",
        &["h2_pages_elsewhere_change_nothing"],
        Control::Test("h2_control_pages_that_were_allowed_get_through"),
    ),
    by(
        "H3",
        "output and file names with HTML in them",
        "JSON and text, never HTML",
        &["h3_markup_in_output_stays_text"],
        Control::Within("the server does have a page, and the markup comes back as it was"),
    ),
    by(
        "H4",
        "names that break headers, and lines that forge the log",
        "encoded",
        &["h4_names_break_neither_headers_nor_the_log"],
        Control::Within("the names do get into the log"),
    ),
    elsewhere(
        "H5",
        "HTTP/2: requests that are taken back as soon as they are sent (rapid reset)",
        "the connection ends; others are served",
        &["tests/e2e/tests/all/http2.rs::requests_that_are_taken_back_at_once_end_their_connection"],
        Control::Within("a few that are taken back"),
    ),
    elsewhere(
        "H6",
        "HTTP/2: a head that goes on without an end (continuation flood)",
        "the connection ends",
        &["tests/e2e/tests/all/http2.rs::a_head_without_an_end_is_given_up"],
        Control::Within("a head of several frames that ends"),
    ),
    elsewhere(
        "H7",
        "HTTP/2: a head of more than 16 KiB, or of more than 64 KiB, which is as far as one is read",
        "431; the connection goes on",
        &["tests/e2e/tests/all/http2.rs::a_head_beyond_its_size_is_refused_and_its_connection_goes_on"],
        Control::Within("a head within its size"),
    ),
    elsewhere(
        "H8",
        "HTTP/2: a connection on which nothing is asked for, or whose answers are never taken",
        "it ends",
        &["tests/e2e/tests/all/http2.rs::clients_that_do_nothing_are_hung_up_on"],
        Control::Elsewhere(
            "tests/e2e/tests/all/http2.rs::sixty_streams_and_everything_else_go_over_one_connection",
        ),
    ),
    by(
        "H9",
        "a page of an allowed origin that makes the first token, grants, or changes prompts",
        "403: without a token a page is no admin",
        &["h9_pages_of_allowed_origins_are_no_admins"],
        Control::Within("without an origin, and from the server's own page, it gets further"),
    ),
];
