//! What files consist of, by their names.

/// What files consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::omission) enum Content {
    Code,
    /// Code in which a `#` begins a comment even if it touches what follows.
    Hashed,
    /// Sentences are its content, and a `#` begins a heading.
    Prose,
}

const PROSE_ENDINGS: [&str; 12] =
    ["md", "mdx", "markdown", "qmd", "rmd", "txt", "text", "rst", "adoc", "asciidoc", "org", "tex"];
const HASHED_ENDINGS: [&str; 13] =
    ["py", "pyi", "yml", "yaml", "toml", "sh", "bash", "zsh", "rb", "r", "pl", "tf", "nix"];
const PROSE_NAMES: [&str; 7] = ["readme", "license", "licence", "notice", "changelog", "authors", "copying"];

impl Content {
    /// What a file of this name consists of.
    pub(in crate::omission) fn of(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let is_prose = match name.rsplit_once('.') {
            Some((_, ending)) => PROSE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
            None => PROSE_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)),
        };
        let is_hashed = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| HASHED_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
        match is_hashed {
            _ if is_prose => Self::Prose,
            true => Self::Hashed,
            false => Self::Code,
        }
    }
}

/// Endings of the names of files in whose language one or two bare words are hardly ever a statement.
const PUNCTUATED_ENDINGS: [&str; 30] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "rs", "go", "java", "kt", "swift", "scala", "dart",
    "c", "h", "cc", "cpp", "hpp", "cs", "php", "py", "css", "scss", "less", "json", "html", "vue", "svelte",
];

/// Whether words alone are no code in a file of this name.
pub(in crate::omission) fn ends_statements(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    PUNCTUATED_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}
