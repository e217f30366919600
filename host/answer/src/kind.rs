//! Kinds of files, by what may be their content that in others is a fault of the answer.

/// Files that may well be a patch, a listing or a table.
const TEXT: [&str; 28] = [
    "adoc", "asciidoc", "csv", "dat", "data", "diff", "expected", "golden", "in", "log", "markdown", "md",
    "mdx", "org", "out", "patch", "psv", "qmd", "rej", "rmd", "rst", "snap", "stderr", "stdout", "tab",
    "text", "tsv", "txt",
];
/// Files that may well begin and end with a tag.
const MARKUP: [&str; 50] = [
    "aspx", "astro", "atom", "axaml", "config", "cshtml", "csproj", "drawio", "ejs", "erb", "fsproj", "fxml",
    "gpx", "graphml", "hbs", "htm", "html", "iml", "jinja", "jinja2", "j2", "jsp", "kml", "liquid",
    "mustache", "njk", "nuspec", "opml", "owl", "php", "plist", "props", "qrc", "razor", "rdf", "resx",
    "rss", "svelte", "svg", "targets", "tpl", "twig", "ui", "vbproj", "vue", "wsdl", "xaml", "xhtml", "xml",
    "xsd",
];

/// Files of sentences.
const PROSE: [&str; 11] =
    ["adoc", "asciidoc", "markdown", "md", "mdx", "org", "qmd", "rmd", "rst", "text", "txt"];

/// What a file may begin and end with, and still be a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Neither of the others.
    Code,
    /// A patch, a listing or a table.
    Text,
    /// A tag.
    Markup,
}

impl Kind {
    /// The kind of the file `path`. What a new file without an ending is cannot be told; what one was that `is_there` can.
    #[must_use]
    pub fn of(path: &str, is_there: bool) -> Self {
        match ending(path) {
            None if !is_there => Self::Text,
            _ if is_named(path, &TEXT) => Self::Text,
            _ if is_named(path, &MARKUP) => Self::Markup,
            _ => Self::Code,
        }
    }

    /// Whether the file `path` consists of sentences, by its ending.
    #[must_use]
    pub fn is_prose(path: &str) -> bool {
        is_named(path, &PROSE)
    }

    /// Whether the file `path` may well begin and end with a tag, by its ending.
    #[must_use]
    pub fn is_markup(path: &str) -> bool {
        is_named(path, &MARKUP)
    }
}

fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, ending)| ending)
}

fn is_named(path: &str, endings: &[&str]) -> bool {
    ending(path).is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
