//! What tells the name of a file from other words.

/// Endings of files that projects consist of.
const ENDINGS: &str = "astro bat c cc cfg cjs clj cmake conf cpp cs csproj css csv cts cxx dart elm erl ex exs fs go gradle \
    graphql groovy h hbs hcl hpp hs htm html hxx ini ipynb java jl js json json5 jsonc jsonl jsx kt kts less lock lua m \
    markdown md mdx mjs ml mod mts nim nix php pl pm properties prisma proto ps1 py pyi pyx r rb rs rst sass sbt scala \
    scss sh sln sql styl sum svelte svg swift tex tf tfvars toml ts tsv tsx txt v vb vue wasm wat webmanifest wit xml \
    xsd yaml yml zig zsh env example";

/// Files that have no ending, or begin with a point.
const NAMES: &str = "Dockerfile Containerfile Makefile makefile GNUmakefile Rakefile Gemfile Procfile Vagrantfile \
    Jenkinsfile Justfile justfile Brewfile Pipfile LICENSE LICENCE COPYING NOTICE AUTHORS CHANGELOG CHANGES README TODO \
    VERSION CODEOWNERS gradlew mvnw BUILD WORKSPACE go.mod go.sum .env .gitignore .gitattributes .dockerignore \
    .editorconfig .npmrc .nvmrc .prettierrc .eslintrc .babelrc .htaccess .profile .bashrc";

/// Names of products and of calls that look like files when they are in a sentence.
const NO_FILES: &str = "node.js next.js vue.js nuxt.js express.js react.js three.js d3.js chart.js ember.js angular.js \
    backbone.js alpine.js discord.js moment.js p5.js solid.js knockout.js process.env import.meta.env asp.net";

/// What a word looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A file's name, by its ending or as a whole.
    File,
    /// Folders and a name.
    Folders,
    /// A name with an ending that nobody knows.
    Ending,
    /// A word.
    Word,
    /// Nothing that a file could be called.
    Nothing,
}

/// What a word without blanks looks like.
pub(super) fn shape(text: &str) -> Shape {
    // No name has these; some names have those, and other words do.
    let never = |c: char| c.is_whitespace() || "\"`<>|*?".contains(c);
    let odd = |c: char| ",;{}=$".contains(c);
    if text.is_empty()
        || text.contains(never)
        || text.contains("://")
        || !text.contains(char::is_alphanumeric)
    {
        return Shape::Nothing;
    }
    let path = text.trim_end_matches('.');
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let folders = name.len() < path.len() && !name.is_empty();
    if ends_like_a_file(name) && !has_several(path) && !text.starts_with(['=', ',', ';']) {
        return Shape::File;
    }
    if text.contains(odd) || name.contains(['(', ')', '\'', '!']) {
        return Shape::Nothing;
    }
    match folders {
        true => Shape::Folders,
        false if text.contains(['\\', ':', '/']) => Shape::Nothing,
        false if path.len() == text.len() && has_ending(name) => Shape::Ending,
        false => Shape::Word,
    }
}

/// Whether a text without blanks has several names of files, with commas or semicolons between.
pub(super) fn has_several(text: &str) -> bool {
    text.contains([',', ';'])
        && text.split([',', ';']).filter(|part| part.contains('.') && ends_like_a_file(part)).count() > 1
}

/// Whether a name has an ending, of whatever kind.
pub(super) fn has_ending(text: &str) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && (1..=10).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

/// Whether the last folder or word ends as files do.
pub(super) fn ends_like_a_file(text: &str) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    let last = name.rsplit(char::is_whitespace).next().unwrap_or(name);
    let dotted = |known: &str| name.starts_with(known) && name.as_bytes().get(known.len()) == Some(&b'.');
    is_one_of(last, NAMES)
        || [".env", "Dockerfile", "Makefile", "Containerfile"].into_iter().any(dotted)
        || last.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty() && is_one_of(&ending.to_ascii_lowercase(), ENDINGS)
        })
}

/// Whether a word in a sentence is no file although it looks like one.
pub(super) fn is_no_file(text: &str) -> bool {
    is_one_of(&text.to_ascii_lowercase(), NO_FILES)
}

fn is_one_of(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Words that are written with a slash between them and are no folders.
const PAIRED: &str = "and/or input/output i/o client/server before/after pros/cons yes/no true/false on/off read/write \
    request/response get/set open/close start/stop tcp/ip n/a w/o his/her he/she either/or try/catch async/await add/remove \
    import/export search/replace find/replace key/value name/value success/failure frontend/backend";

/// Whether a text has folders: a slash with something on both sides of it that a folder could be called, and a letter.
pub(super) fn has_folders(text: &str) -> bool {
    // A pictograph is as good as a letter.
    let is_named = |c: char| c.is_alphanumeric() || c >= '\u{1f000}';
    let is_called = |part: Option<&str>| part.is_some_and(|part| part.contains(is_named));
    let joins = |(at, _): (usize, &str)| {
        let (before, after) = (text.get(..at), text.get(at + 1..));
        is_called(before.and_then(|before| before.rsplit(['/', '\\']).next()))
            && is_called(after.and_then(|after| after.split(['/', '\\']).next()))
    };
    text.match_indices(['/', '\\']).any(joins)
        && text.contains(char::is_alphabetic)
        && !text.contains("://")
        && !is_one_of(&text.to_ascii_lowercase(), PAIRED)
}

/// Whether a text stands for all files of a kind.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains("**") || text.rsplit('/').next().is_some_and(|name| name.starts_with("*."))
}

/// Whether a character does not show: it joins, parts or turns others, or is nothing.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Words that a sentence begins with and a file's name does not.
const BEGINNINGS: &str = "in to for at and then now next here this the these first second finally also create update edit \
    add modify change fix replace let we i you see use with open";

/// Whether `text` begins as a sentence does.
pub(super) fn begins_sentence(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches([',', ':']).to_lowercase();
    BEGINNINGS.split_ascii_whitespace().any(|known| known == first)
}
