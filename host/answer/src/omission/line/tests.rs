use super::*;

#[track_caller]
fn expect(line: &str, kind: Kind) {
    assert_eq!(kinds(&[line], Content::Code), [kind], "{line:?}");
}

#[test]
fn comments_are_told_in_any_language() {
    for line in [
        "// rest of it",
        "//rest of it",
        "# le reste",
        "-- gleich",
        "--rest of the query",
        "; same",
        ";; same",
        "% same",
        "/* same */",
        "{/* same */}",
        "<!-- same -->",
        "{# same #}",
        "(* same *)",
        "{- same -}",
        "# 其余",
        "' same",
        "REM same",
        "// [the same as before]",
    ] {
        expect(line, Kind::Comment(About::Any));
    }
    for line in ["/// Reads.", "/** Reads. */", "\"\"\"Reads.\"\"\"", "## Reads"] {
        expect(line, Kind::Comment(About::Next));
    }
}

#[test]
fn an_ellipsis_is_told_with_words_and_without() {
    for line in [
        "...",
        "…",
        "// ...",
        "# … restlicher Code …",
        "(rest of methods ...)",
        "[…]",
        "/* ... */",
        "{/* ... JSX */}",
        "// ...existing code...",
        "<!-- … -->",
        "... (le reste)",
        "// (... same ...)",
        "# --- ... ---",
        "// . . .",
        "⋮",
        "// ... 其余代码 ...",
    ] {
        expect(line, Kind::Ellipsis);
    }
}

#[test]
fn code_is_neither() {
    for line in [
        "#include <stdio.h>",
        "#define A 1",
        "#[derive(Debug)]",
        "#main { }",
        "...rest,",
        "f(...args);",
        "--x;",
        "*p = 1;",
        "// old();",
        "key: value",
        "- run: npm test",
        "'use strict';",
        "// ...args are passed on,",
        "\"a b c d\"",
        "@Override",
        "!important",
        "<p>Text of a page</p>",
        "for x in y:",
        "def f(*args, **kwargs):",
        "a = [...b]",
        "[1, 2]",
        "(one, the_other, more)",
        "(one!(a), two!(b), three!(c))",
        "#: what follows",
        "// {a: 1}",
        "(a)",
        "--> src/a.rs:1:2",
        "found.is_open && !found.is_shut",
        "docker run --name shop",
        "(*self.state",
    ] {
        expect(line, Kind::Code);
    }
    expect("});", Kind::Bare);
    expect("The rest of it stays", Kind::Sentence);
    expect("(the other methods)", Kind::Sentence);
    expect("rest of code", Kind::Sentence);
    expect("~~~ unchanged ~~~", Kind::Sentence);
    // Such a line is in the old version as well, and then sentences say nothing.
    expect("from a import b", Kind::Sentence);
    // So is one that is no sentence yet.
    for line in ["import a", "return a", "existing code", "[snip]", "(same)"] {
        expect(line, Kind::Words);
    }
    for line in ["\"...\": \"...\"", "\"...\": null,", "\"…\",", "...;"] {
        expect(line, Kind::Ellipsis);
    }
    expect("pass", Kind::Filler);
    expect("pass  # ... the rest ...", Kind::Ellipsis);
    expect("pass  # as before", Kind::Comment(About::Any));
    expect("// {the old handlers}", Kind::Comment(About::Any));
    expect("// {a: 1};", Kind::Code);
    for (name, kind) in
        [("a.py", Kind::Comment(About::Any)), ("a.yml", Kind::Comment(About::Any)), ("a.css", Kind::Sentence)]
    {
        assert_eq!(kinds(&["#the old code"], Content::of(name)), [kind], "{name}");
    }
    expect("a = 1; // the rest as before", Kind::Code);
    expect("其余代码保持不变", Kind::Sentence);
    expect("// Loading the users...", Kind::Comment(About::Any));
}

#[test]
fn a_comment_over_lines_is_one_to_its_end() {
    let lines = ["/*", "* same", "text", "*/", "a();"];
    let comment = Kind::Comment(About::Any);
    assert_eq!(kinds(&lines, Content::Code), [Kind::Mark, comment, comment, Kind::Mark, Kind::Code]);
}

#[test]
fn what_nothing_closes_does_not_make_comments_of_the_rest() {
    let code = Kind::Code;
    assert_eq!(kinds(&["(*self.lock())", "a();"], Content::Code), [code, code]);
    // A sentence in brackets, which says nothing where the old version has some.
    assert_eq!(kinds(&["{#if open}", "a();"], Content::Code), [Kind::Sentence, code]);
    assert_eq!(kinds(&["/* the rest", "a();"], Content::Code), [Kind::Comment(About::Any), code]);
}

#[test]
fn in_prose_a_heading_is_no_comment_and_a_sentence_is_content() {
    for line in ["# A heading", "The rest stays as it is.", "* an item", "- another"] {
        assert_eq!(kinds(&[line], Content::of("docs/README.md")), [Kind::Code], "{line:?}");
    }
    assert_eq!(kinds(&["(...)"], Content::of("LICENSE")), [Kind::Ellipsis]);
}
