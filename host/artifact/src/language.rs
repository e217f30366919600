//! Whether the language of a code block is that of a file, by the file's name; and how comments begin in it.

use orchestrator_core::RelativePath;

/// Languages that are written alike: endings of their files, what blocks call them, and what comments begin with.
const FAMILIES: [(&str, &str, &str); 30] = [
    (
        "js jsx mjs cjs ts tsx mts cts",
        "js javascript jsx mjs cjs node nodejs react ts typescript tsx mts cts es6 ecmascript",
        "// /*",
    ),
    (
        "html htm xhtml vue svelte astro hbs ejs njk twig jinja erb php",
        "html htm xhtml html5 vue svelte astro handlebars hbs ejs njk nunjucks twig jinja jinja2 django erb php blade markup \
         vue-html angular",
        "<!-- {# {/* // /*",
    ),
    (
        "xml svg xsd wsdl csproj xaml plist rss fxml html xhtml",
        "xml svg xsd xaml xhtml html plist rss markup",
        "<!--",
    ),
    ("css scss sass less styl pcss", "css scss sass less stylus postcss tailwindcss", "/* //"),
    ("json json5 jsonc jsonl webmanifest ipynb geojson", "json json5 jsonc jsonl ndjson", "// /*"),
    ("yml yaml", "yml yaml", "#"),
    ("toml ini cfg conf properties env lock", "toml ini cfg conf properties env dotenv editorconfig", "# ;"),
    ("py pyi pyx pyw", "py python python3 py3 cython pyi", "# \"\"\""),
    ("md mdx markdown qmd rmd", "md mdx markdown gfm", "<!-- {/*"),
    ("rs", "rs rust", "// /*"),
    ("go", "go golang", "// /*"),
    ("rb rake gemspec erb", "rb ruby erb", "#"),
    ("java", "java", "// /*"),
    ("kt kts gradle groovy", "kt kts kotlin gradle groovy", "// /*"),
    ("swift", "swift", "// /*"),
    ("c h m", "c h objc objective-c", "// /*"),
    ("cpp cc cxx hpp hh hxx h ino mm", "cpp c++ cc cxx hpp h++ arduino c objective-c++", "// /*"),
    ("cs fs fsx vb razor cshtml", "cs csharp c# fs fsharp f# vb vbnet razor cshtml", "// /* ' @*"),
    ("php", "php php8 html", "// # /* <!--"),
    ("pl pm r lua jl ex exs heex nim", "pl perl r lua jl julia ex exs elixir heex nim", "# -- //"),
    (
        "dart scala sbt zig v sol proto",
        "dart scala sbt zig v vlang verilog sol solidity proto protobuf",
        "// /*",
    ),
    (
        "hs elm ml mli erl clj cljs",
        "hs haskell elm ml ocaml erl erlang clj clojure cljs clojurescript",
        "-- (* % ;",
    ),
    ("sql", "sql postgresql postgres mysql sqlite psql plsql tsql plpgsql", "-- /* #"),
    ("graphql gql prisma", "graphql gql prisma", "# //"),
    ("tf tfvars hcl nix", "tf terraform hcl nix", "# //"),
    ("sh bash zsh fish", "sh bash shell zsh fish", "#"),
    ("ps1 bat cmd", "ps1 powershell pwsh bat batch cmd dos", "# :: REM rem"),
    ("tex bib", "tex latex bibtex", "%"),
    ("wat wasm wit", "wat wasm wast wit", ";; //"),
    ("csv tsv", "csv tsv", "#"),
];

/// Files without an ending whose language has a name.
const NAMED: [(&str, &str); 11] = [
    ("dockerfile", "dockerfile docker containerfile"),
    ("containerfile", "dockerfile docker containerfile"),
    ("makefile", "makefile make mk gnumakefile"),
    ("gnumakefile", "makefile make mk gnumakefile"),
    ("justfile", "just justfile make makefile"),
    ("jenkinsfile", "groovy jenkinsfile"),
    ("gemfile", "rb ruby gemfile"),
    ("rakefile", "rb ruby rakefile"),
    ("vagrantfile", "rb ruby vagrantfile"),
    ("procfile", "procfile yaml"),
    ("go.mod", "go golang gomod go.mod mod"),
];

/// Files of settings for a shell or a program, which blocks in any language of settings or shells show.
const SETTINGS: [&str; 4] = [".env", ".envrc", ".bashrc", ".profile"];

/// What a block's language says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is the file's.
    Same,
    /// It is none, or one that files of many kinds are shown in, or nobody knows it.
    Open,
    /// It is another's.
    Other,
}

/// Whether a block in `language`, in small letters, may be the file `path`.
pub(crate) fn fit(language: &str, path: &RelativePath) -> Fit {
    let is_known = FAMILIES.iter().any(|(_, names, _)| is_one_of(language, names))
        || NAMED.iter().any(|(_, names)| is_one_of(language, names));
    if !is_known {
        return Fit::Open;
    }
    if is_one_of(language, "sh bash shell zsh fish") && is_of_a_shell(path) {
        return Fit::Same;
    }
    let name = file_name(path);
    let of_name =
        |known: &str| name == known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'));
    if let Some((_, names)) = NAMED.iter().find(|(known, _)| of_name(known)) {
        return if is_one_of(language, names) { Fit::Same } else { Fit::Other };
    }
    let ending = ending(&name);
    let mut fit = Fit::Open;
    for (_, names, _) in FAMILIES.iter().filter(|(endings, _, _)| is_one_of(ending, endings)) {
        if is_one_of(language, names) {
            return Fit::Same;
        }
        fit = Fit::Other;
    }
    fit
}

/// Whether a file may be shown in the language of a shell: a script, or settings in its syntax.
pub(crate) fn is_of_a_shell(path: &RelativePath) -> bool {
    let name = file_name(path);
    SETTINGS
        .iter()
        .any(|known| name == *known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')))
        || is_one_of(ending(&name), "sh bash zsh fish ps1 bat cmd env")
}

/// The text of a comment that is all of `line`, and that a file called `path` may have.
pub(crate) fn comment(line: &str) -> Option<(&str, &'static str)> {
    const MARKS: [(&str, &str); 13] = [
        ("<!--", "-->"),
        ("{/*", "*/}"),
        ("{#", "#}"),
        ("@*", "*@"),
        ("(*", "*)"),
        ("/*", "*/"),
        ("\"\"\"", "\"\"\""),
        ("//", ""),
        ("--", ""),
        (";;", ""),
        ("::", ""),
        ("#", ""),
        ("%", ""),
    ];
    let line = line.trim();
    MARKS.iter().find_map(|(open, close)| {
        let text = line.strip_prefix(open)?.strip_suffix(close)?;
        Some((text.trim_matches(|c: char| c == '*' || c.is_whitespace()), *open))
    })
}

/// Whether comments begin with `mark` in files called like `path`.
pub(crate) fn has_comments(path: &RelativePath, mark: &str) -> bool {
    let name = file_name(path);
    let mut families = FAMILIES
        .iter()
        .filter(|(endings, _, _)| is_one_of(ending(&name), endings))
        .map(|(_, _, marks)| *marks);
    let any = families.clone().next().is_none();
    if any { matches!(mark, "#" | "//") } else { families.any(|marks| is_one_of(mark, marks)) }
}

fn file_name(path: &RelativePath) -> String {
    path.as_str().rsplit('/').next().unwrap_or_default().to_lowercase()
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_one_of(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_that_of_a_file_or_another_or_says_nothing() {
        let fit = |language, path| super::fit(language, &RelativePath::parse(path).unwrap());
        for (language, path) in [
            ("js", "src/a.tsx"),
            ("html", "App.vue"),
            ("xml", "icon.svg"),
            ("python", "main.py"),
            ("docker", "Dockerfile"),
            ("dockerfile", "Dockerfile.prod"),
            ("rust", "src/lib.rs"),
            ("c", "a.h"),
            ("ini", ".env"),
        ] {
            assert_eq!(fit(language, path), Fit::Same, "{language} {path}");
        }
        for (language, path) in [
            ("json", "server.js"),
            ("js", "index.html"),
            ("html", "a.py"),
            ("yaml", "Dockerfile"),
            ("css", "a.js"),
        ] {
            assert_eq!(fit(language, path), Fit::Other, "{language} {path}");
        }
        for (language, path) in
            [("", "a.js"), ("text", "a.js"), ("svelte5", "a.js"), ("js", "LICENSE"), ("js", "a.xyz")]
        {
            assert_eq!(fit(language, path), Fit::Open, "{language} {path}");
        }
    }

    #[test]
    fn a_comment_is_one_by_the_marks_of_the_files_language() {
        let named = |line: &str, path: &str| {
            comment(line)
                .filter(|(text, _)| *text == path)
                .is_some_and(|(_, mark)| has_comments(&RelativePath::parse(path).unwrap(), mark))
        };
        for (line, path) in [
            ("// src/a.js", "src/a.js"),
            ("# src/a.py", "src/a.py"),
            ("<!-- index.html -->", "index.html"),
            ("/* a.css */", "a.css"),
            ("/** a.ts */", "a.ts"),
            ("-- a.sql", "a.sql"),
            ("# Dockerfile", "Dockerfile"),
        ] {
            assert!(named(line, path), "{line}");
        }
        for (line, path) in
            [("# README.md", "README.md"), ("# a.js", "a.js"), ("// a.py", "a.py"), ("a.js", "a.js")]
        {
            assert!(!named(line, path), "{line}");
        }
    }
}
