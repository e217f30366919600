//! What a file is written in, by its name.
//!
//! Tools differ in what they take for JSON. Those that allow comments are known here by the names of their files; a file
//! that has comments already needs no such list.

use super::{Fault, comments, json, toml, twice, yaml};
use std::{borrow::Cow, fmt};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Json,
    /// JSON whose tools allow comments, and commas before closing brackets.
    JsonWithComments,
    Toml,
    Yaml,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::JsonWithComments => "JSON (with comments)",
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
        })
    }
}

impl Language {
    pub(super) fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        match name {
            "composer.lock" | "deno.lock" | "flake.lock" | "pipfile.lock" => return Some(Self::Json),
            "cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "pipfile" => return Some(Self::Toml),
            ".babelrc" | ".swcrc" | ".jshintrc" | ".jscsrc" => return Some(Self::JsonWithComments),
            _ => {}
        }
        match name.rsplit_once('.')?.1 {
            "json" if allows_comments(folders, name) => Some(Self::JsonWithComments),
            "json" | "ipynb" | "geojson" | "jsonld" | "webmanifest" => Some(Self::Json),
            "jsonc" | "code-workspace" | "code-snippets" => Some(Self::JsonWithComments),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// The same with comments, where the language has none.
    pub(super) fn with_comments(self) -> Option<Self> {
        (self == Self::Json).then_some(Self::JsonWithComments)
    }

    pub(super) fn check(self, content: &[u8]) -> Result<(), Fault> {
        let text = std::str::from_utf8(content).map_err(|error| {
            Fault::at("it is not UTF-8", content.get(..error.valid_up_to()).unwrap_or_default())
        })?;
        let text = self.bare(text);
        match self {
            Self::Json | Self::JsonWithComments => json(&text),
            Self::Toml => toml(&text),
            Self::Yaml => yaml(&text),
        }
    }

    /// The first key that a mapping has twice, in content that can be parsed. TOML with one cannot.
    pub(super) fn twice(self, content: &[u8]) -> Option<Fault> {
        let text = self.bare(std::str::from_utf8(content).ok()?);
        match self {
            Self::Json | Self::JsonWithComments => twice::in_json(&text),
            Self::Toml => None,
            Self::Yaml => twice::in_yaml(&text),
        }
    }

    /// The text without its mark of byte order and, where they are allowed, without comments.
    fn bare(self, text: &str) -> Cow<'_, str> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            Self::JsonWithComments => Cow::Owned(comments::blanked(text)),
            _ => Cow::Borrowed(text),
        }
    }
}

/// Whether the tools that read a `.json` file of this name, in small letters, allow comments in it.
fn allows_comments(folders: &str, name: &str) -> bool {
    const BEGINNINGS: [&str; 3] = ["tsconfig", "jsconfig", ".eslintrc"];
    const NAMES: [&str; 23] = [
        ".babelrc.json",
        ".cspell.json",
        ".devcontainer.json",
        ".jshintrc.json",
        "angular.json",
        "api-extractor.json",
        "babel.config.json",
        "biome.json",
        "cspell.json",
        "deno.json",
        "devcontainer.json",
        "language-configuration.json",
        "nx.json",
        ".oxlintrc.json",
        "project.json",
        "pyrightconfig.json",
        "rush.json",
        "tslint.json",
        "turbo.json",
        "typedoc.json",
        "tsdoc.json",
        "workspace.json",
        "wrangler.json",
    ];
    let in_folder =
        folders.rsplit('/').next().is_some_and(|folder| matches!(folder, ".vscode" | ".devcontainer"));
    in_folder || NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}
