//! Tags that are not the file's, and those that are.

use super::*;

const JS: &str = "export const a = 1;\n";
const VUE: &str = "<template>\n  <div>hi</div>\n</template>\n";
const PAGE: &str = "<!DOCTYPE html>\n<html><body>x</body></html>\n";
const JSON: &str = "{\"name\": \"x\"}\n";
const FILES: [(&str, &str); 5] = [
    ("src/a.js", JS),
    ("src/App.vue", VUE),
    ("index.html", PAGE),
    ("package.json", JSON),
    ("a.css", "b { top: 0 }\n"),
];

fn is_foreign(path: &str, new: &str) -> bool {
    foreign(path, "", new).is_some()
}

#[test]
fn half_a_pair_at_an_end_is_not_the_files() {
    for (path, file) in FILES {
        assert!(!is_foreign(path, file), "{path}");
        for end in [
            "</content>",
            "</file>",
            "</boltArtifact>",
            "</content></file>",
            "</file_content>\n</boltAction>\n",
        ] {
            assert!(is_foreign(path, &format!("{file}{end}\n")), "{path}: {end}");
            assert!(is_foreign(path, &format!("{}{end}", file.trim_end())), "{path}: {end} behind code");
            let prose = format!("{file}{end}\n\nKey improvements:\n\n1. Secure file permissions (0600)\n");
            assert!(is_foreign(path, &prose), "{path}: {end} and words");
        }
        for begin in ["<content>", "<file path=\"x\">", "<boltArtifact id=\"x\" title=\"y\">"] {
            assert!(is_foreign(path, &format!("{begin}\n{file}")), "{path}: {begin}");
        }
    }
    assert!(is_foreign("notes.md", "# A\n\n</boltAction>\n"));
    assert!(is_foreign("a.py", "a = 1\n</parameter>\n"), "Python has no tags");
    assert!(is_foreign("a.ts", "const a: Promise<File> = f();\n</file>\n"), "a type is no tag");
}

#[test]
fn a_pair_around_all_of_a_page_is_not_the_files() {
    for name in ["file", "content", "document", "boltAction"] {
        for (path, file) in FILES {
            assert!(is_foreign(path, &format!("<{name}>\n{file}</{name}>\n")), "{path}: {name}");
        }
    }
    assert!(is_foreign("a.xml", "<file>\n<?xml version=\"1.0\"?>\n<a/>\n</file>\n"));
}

#[test]
fn what_a_file_has_both_halves_of_is_its_own() {
    for (path, file) in [
        ("a.xml", "<content>\n  <a/>\n</content>\n"),
        ("a.xml", "<content a=\"1\">\n  <!-- ends with </content> -->\n</content>\n"),
        ("a.xml", "<?xml version=\"1.0\"?>\n<file>\n  <content>x</content>\n</file>\n"),
        ("part.html", "<code>\na\n</code>\n"),
        ("part.html", "<p>\n  <content></content>\n</p>\n"),
        ("footer.html", "</main>\n</body>\n</html>\n"),
        ("header.php", "<html>\n<body>\n"),
        ("Page.svelte", "<Content>\n  <p>a</p>\n</Content>\n"),
        ("a.jsx", "export const A = () =>\n  <File>\n    a\n  </File>\n"),
        ("a.jsx", "export const A = () => <content>a</content>\n"),
        ("a.js", "const prompt = `\n<document>\n${x}\n</document>\n`;\n"),
        ("a.js", "const end = `\n</content>\n`;\nf(end);\n"),
        ("a.sh", "cat <<EOF\n</file>\nEOF\n"),
        ("a.php", "<?php\n$a = <<<HTML\n</content>\nHTML;\n"),
        ("a.py", "END = '''\n</content>\n'''\n"),
        ("httpd.conf", "<Directory \"/a\">\n  Allow\n</Directory>\n"),
        ("how.md", "Use `</content>` where it ends.\n"),
        ("a.h", "#include <file>\nstd::vector<content> a;\n"),
    ] {
        assert!(!is_foreign(path, file), "{path}: {file}");
    }
    let half = "a\n</content>\n";
    assert!(foreign("a.js", half, half).is_none(), "it was so before");
}

#[test]
fn half_a_pair_at_an_end_of_lines_that_came_is_not_the_files() {
    let (old, new) = ("a();\nb();\nc();\n", "a();\nb(1);\n</content>\nc();\n");
    assert!(foreign_lines("a.js", old, new, &["b(1);", "</content>"]).is_some());
    let opened = "a();\n<content>\nb(1);\nc();\n";
    assert!(foreign_lines("a.js", old, opened, &["<content>", "b(1);"]).is_some());
    assert!(foreign_lines("a.md", old, new, &["b(1);", "</content>"]).is_none());
    for name in ["parameter", "new_str", "replace", "text", "invoke", "antml:parameter", "tool_call", "diff"]
    {
        let end = format!("</{name}>");
        let new = format!("a();\nb(1);\n{end}\nc();\n");
        for path in ["a.js", "a.tsx", "Makefile", "a.css"] {
            assert!(foreign_lines(path, old, &new, &["b(1);", &end]).is_some(), "{path}: {end}");
        }
        assert!(foreign_lines("a.svg", old, &new, &["b(1);", &end]).is_none(), "{end}");
        let both = format!("<{name} a=\"b\">\n{new}");
        assert!(foreign_lines("a.tsx", old, &both, &["b(1);", &end]).is_none(), "{both}");
    }
    let two = "a();\nb(1);\n</replace>\n</other>\nc();\n";
    assert!(foreign_lines("a.js", old, two, &["b(1);", "</replace>", "</other>"]).is_some());
    assert!(foreign_lines("a.js", old, "a();\nb(1);\nEOF\nc();\n", &["b(1);", "EOF"]).is_some());
    let pair = "a();\n<content>\nb(1);\n</content>\nc();\n";
    assert!(foreign_lines("a.jsx", old, pair, &["<content>", "b(1);", "</content>"]).is_none());
    assert!(foreign_lines("a.jsx", opened, pair, &["</content>"]).is_none(), "the other half was there");
}

#[test]
fn halves_that_stand_alone_at_the_ends_are_taken_off() {
    for (path, file) in FILES {
        for (begin, end) in [
            ("", "</content>\n"),
            ("", "</content>"),
            ("", "</content></file>\n</boltArtifact>\n\n"),
            ("<content>\n", ""),
            ("<boltArtifact id=\"a\">\n", "</content>\n"),
        ] {
            let came = format!("{begin}{file}{end}");
            assert_eq!(own(path, "", &came), Some(file), "{path}: {came}");
            assert_eq!(own(path, "", file), None, "{path}");
            assert_eq!(own(path, &came, &came), None, "{path}: it was so before");
        }
        for end in ["</content>\n\nI made it.\n", "</p></content>\n"] {
            assert_eq!(own(path, "", &format!("{file}{end}")), None, "{path}: {end}");
        }
    }
    assert_eq!(own("a.js", "", "<content>\n"), None, "nothing would be left");
    assert_eq!(own("a.py", "", "a = 1\n</script>\n"), None, "it is not known as one");
    assert_eq!(own("a.xml", "", "<content>\n<a/>\n</content>\n"), None);
}
