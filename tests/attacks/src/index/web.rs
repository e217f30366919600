//! The API and browsers.

use super::{Entry, left_out};

pub(super) const ENTRIES: &[Entry] = &[
    left_out(
        "H1",
        "a page in a project that calls the API",
        "served as text from the API's origin, without scripts",
        "not made",
    ),
    left_out(
        "H2",
        "a page elsewhere that posts to the API, or points its name at it",
        "403, 421",
        "not made",
    ),
    left_out("H3", "output and file names with HTML in them", "JSON and text, never HTML", "not made"),
    left_out("H4", "names that break headers, and lines that forge the log", "encoded", "not made"),
];
