//! What files are called.

use crate::{expect, parse};

#[test]
fn zip_slip_and_absolute_paths_are_refused_and_their_content_is_not_prose() {
    let text = "<file-k3x9 path=\"../../etc/passwd\">\nroot\n</file-k3x9>\n<file-k3x9 path=\"/etc/x\">\ny\n</file-k3x9>\n\
                <file-k3x9 name=\"a\">\nz\n</file-k3x9>ok<delete-k3x9 path=\"b\"/>";
    expect(
        text,
        &[
            "refused ../../etc/passwd: the path cannot be used: '..' is not allowed; nothing outside of the project can be named",
            "refused /etc/x: the path cannot be used: it is absolute; give it relative to the project's root",
            "refused : the tag has no attribute 'path'",
        ],
        "\n\nok<delete-k3x9 path=\"b\"/>",
    );
}

#[test]
fn a_path_is_taken_without_what_is_around_it() {
    for path in [
        "**src/a.js**",
        "`src/a.js`",
        "src/a.js (new file)",
        "src/a.js:",
        "src/a.js ***",
        "[src/a.js](src/a.js)",
    ] {
        expect(
            &format!("<file-k3x9 path=\"{path}\">\n1\n</file-k3x9>"),
            &["open src/a.js", "src/a.js = 1\n"],
            "",
        );
        expect(&format!("<rename-k3x9 from=\"b.js\" to=\"{path}\"/>"), &["rename b.js to src/a.js"], "");
    }
    expect("<delete-k3x9 path=\"`src/a.js`\"/>", &["delete src/a.js"], "");
}

#[test]
fn a_path_that_may_be_several_things_is_refused() {
    for path in
        ["src/a.js, src/b.js", "the helper in src/a.js", "src/a.js (copy)", "src/*.js", "src/a.js -> b.js"]
    {
        for text in [
            format!("<file-k3x9 path=\"{path}\">\n1\n</file-k3x9>"),
            format!("<rename-k3x9 from=\"b.js\" to=\"{path}\"/>"),
        ] {
            let folded = parse(&text);
            assert_eq!(folded.done.len(), 1, "{text}");
            assert!(folded.done[0].starts_with("refused "), "{text} {:?}", folded.done);
        }
    }
}

#[test]
fn names_that_files_have_are_taken_as_they_are() {
    for path in [
        "app/[id]/(shop)/+page.svelte",
        "routes/$slug.tsx",
        "My File.md",
        "my project/a.md",
        "@scope/x.js",
        "a,b.txt",
        "C# notes.md",
        "it's.md",
    ] {
        expect(
            &format!("<file-k3x9 path=\"{path}\">\n1\n</file-k3x9><delete-k3x9 path=\"{path}\"/>"),
            &[&format!("open {path}"), &format!("{path} = 1\n"), &format!("delete {path}")],
            "",
        );
    }
    // One that is there is not another that is called nearly so.
    expect("<delete-k3x9 path=\"src/a.js (old)\"/>", &["delete src/a.js (old)"], "");
    expect("<rename-k3x9 from=\"a.js - old\" to=b.js/>", &["rename a.js - old to b.js"], "");
}

#[test]
fn a_block_is_a_file_by_any_name_that_a_line_has() {
    for path in [
        "src/routes/$id.tsx",
        "[slug]/page.tsx",
        "(group)/page.tsx",
        "+page.svelte",
        "user=1.js",
        "{id}.json",
    ] {
        for line in
            ["**P**", "### `P`", "Now create P:", "In `P`:", "<code>P</code>", "\u{6587}\u{4ef6}\u{ff1a}`P`"]
        {
            let line = line.replace('P', path);
            let block = format!("**a.js**\n```\n1\n```\n\n{line}\n```\n2\n```\n");
            let done = parse(&block).done;
            assert_eq!(done.first().map(String::as_str), Some("open a.js (inferred)"), "{block}");
            assert_eq!(done.last(), Some(&format!("{path} = 2\n")), "{block}");
        }
    }
    for line in ["**@/a.tsx**", "~~src/a.js~~", "File: src/{a,b}.js", "**b/x.js**"] {
        let done = parse(&format!("{line}\n```\n2\n```\n")).done;
        assert!(matches!(done.as_slice(), [only] if only.starts_with("refused ")), "{line}: {done:?}");
    }
}

#[test]
fn a_name_in_an_attribute_is_used_or_refused_and_keeps_nothing_that_is_around_it() {
    for path in [
        "1. src/n.js",
        "~~src/n.js~~",
        "src/n.js\u{200b}",
        "src/n.js\u{202c}",
        "src/n.js\u{3002}",
        "src\u{ff0f}n.js",
        "src/\u{2026}/n.js",
        "src/n.js\u{2026}",
        "src&#47;n.js",
        "src/&#47;n.js",
        "[src/n.js]",
        "src/n.js#1",
        "src/n.js@main",
        "\u{201e}src/n.js\u{201c}",
    ] {
        let done = parse(&format!("<file-k3x9 path=\"{path}\">\nx\n</file-k3x9>\n")).done;
        let is_refused = matches!(done.as_slice(), [only] if only.starts_with("refused "));
        assert!(is_refused || done.iter().any(|done| done == "open src/n.js"), "{path}: {done:?}");
    }
}

#[test]
fn a_block_under_a_name_is_the_file_of_that_name_or_refused() {
    let line = |line: &str| format!("{line}\n\n```js\nx();\n```\n");
    let info = |info: &str| format!("Second:\n\n```{info}\nx();\n```\n");
    let refused = [
        line("src/my file.js"),
        line("src/c?.js"),
        line("2/3: src/[id]"),
        line("@Makefile"),
        info("js app/$id"),
    ];
    for answer in refused {
        let done = parse(&answer).done;
        assert!(matches!(done.as_slice(), [only] if only.starts_with("refused ")), "{answer}{done:?}");
    }
    let named = [
        (line("[c.js]"), "c.js"),
        (line("[src/c.js]"), "src/c.js"),
        (line("[Makefile]"), "Makefile"),
        (line("2/3: src/c.js"), "src/c.js"),
        (info("js {src/c.js}"), "src/c.js"),
        (info("js [src/c.js]"), "src/c.js"),
    ];
    for (answer, file) in named {
        assert_eq!(parse(&answer).done.first(), Some(&format!("open {file} (inferred)")), "{answer}");
    }
}
