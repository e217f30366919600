//! The API and browsers.

use super::{Control, Entry, by};

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
];
