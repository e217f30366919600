//! What is refused, and what looks like it and is a file.

use super::*;

const OLD: &str = "export function area(w, h) {\n  return w * h;\n}\nexport const unit = 'cm';\n";

fn refused(path: &str, new: &str) -> bool {
    let alone = foreign(path, None, new).is_some();
    if alone {
        assert!(foreign(path, Some(OLD), new).is_some(), "also over a file: {new}");
    }
    alone
}

#[test]
fn a_patch_is_no_file_but_where_patches_are_at_home() {
    let patches = [
        "--- a/src/area.js\n+++ b/src/area.js\n@@ -1,2 +1,2 @@\n-a();\n+b();\n c();\n",
        "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@ fn\n-a\n+b\n",
        "\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n\n d\n",
        "@@\n a\n-b\n+c\n@@ fn other\n+d\n",
        "--- src/area.js\n@@ -1 +1 @@\n-a\n+b\n",
        "<<<<<<< SEARCH\na();\n=======\nb();\n>>>>>>> REPLACE\n",
        "src/area.js\n<<<<<<< SEARCH\na();\n=======\nb();\n>>>>>>> REPLACE\n\n",
        "src/area.js:\n------- SEARCH\na();\n=======\nb();\n+++++++ REPLACE\n",
        "<<<<<<< HEAD\na();\n=======\nb();\n>>>>>>> theirs\n",
        "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\nc\n=======\nd\n>>>>>>> REPLACE\n",
        "*** Begin Patch\n*** Update File: src/area.js\n@@\n-a\n+b\n*** End Patch\n",
        "*** Update File: src/area.js\n@@\n-a\n+b\n",
        "+a();\n+\n+b();\n",
    ];
    for patch in patches {
        for path in ["src/area.js", "a.py", "src/x/lib.rs", "page.html", "data.json"] {
            assert!(refused(path, patch), "{path}: {patch}");
        }
        for path in ["fix.patch", "a.DIFF", "docs/how.md", "notes.txt", "tests/case/input"] {
            assert!(!refused(path, patch), "{path}: {patch}");
        }
        assert!(foreign("Makefile", Some(OLD), patch).is_some());
        assert!(foreign("src/area.js", Some(patch), patch).is_none(), "it was one before");
    }
}

#[test]
fn code_that_shows_a_patch_is_code() {
    for code in [
        "const DIFF: &str = \"\\\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\";\n",
        "let block = `\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n`;\n",
        "@@count = 0\n@@total = 1\n- x\n",
        "--- a comment of SQL\nselect 1;\n-- @@ and more\n",
        "---\na: 1\n---\nb: 2\n",
        "*** a banner ***\nmain()\n",
        "+ 1\n",
        "-- a\n-- b\n+x\n",
        "a.b\n<<<<<<< SEARCH\n",
    ] {
        assert!(!refused("a.lua", code), "{code}");
    }
}

#[test]
fn a_listing_with_the_number_of_each_line_is_no_file() {
    for listing in [
        "1 | let a = 1;\n2 | \n3 | f(a);\n",
        "1 | let a = 1;\n2 |\n3 | f(a);\n",
        "     1\tlet a = 1;\n     2\t\n     3\tf(a);\n",
        " 9→let a = 1;\n10→f(a);\n",
        "1: let a = 1;\n2: f(a);\n\n",
        "1\tlet a = 1;\n\n2\tf(a);\n",
        "1│ let a = 1;\n\n3│ f(a);\n",
        "   8 |let a = 1;\n   9 |f(a);\n",
    ] {
        assert!(refused("a.js", listing), "{listing}");
        assert!(!refused("a.txt", listing) && !refused("a.csv", listing), "{listing}");
    }
    let listing: String =
        OLD.lines().enumerate().map(|(at, line)| format!("{} | {line}\n", at + 1)).collect();
    assert!(foreign("a.txt", Some(OLD), &listing).is_some(), "the old file in numbers, whatever its kind");
    assert!(foreign("a.txt", Some("1 | a(b)\n2 | c\n"), "1 | a(b)\n2 | c\n3 | d\n").is_none());
}

#[test]
fn numbers_that_are_the_files_own_stay() {
    for file in [
        "1 | 2;\n",
        "1 | a(b);\n3 | c(d);\n",
        "1 | a(b);\nc(d);\n",
        "1\t2\n2\t3\n3\t1\n",
        "1 || f();\n2 || g();\n",
        "10 PRINT \"A\"\n20 GOTO 10\n",
        "1. a();\n2. b();\n",
    ] {
        assert!(!refused("a.js", file), "{file}");
    }
    assert!(!refused("a.yaml", "1: \"a\"\n2: \"b\"\n"));
}

#[test]
fn a_tag_around_all_of_it_is_not_the_files() {
    for (first, last) in [
        ("<file>", "</file>"),
        ("<file path=\"src/area.js\">", "</file>"),
        ("<file_content lang=\"js\">", "</file_content>"),
        ("<content>", "</content>"),
        ("<boltAction type=\"file\" filePath=\"src/area.js\">", "</boltAction>"),
        ("<anything path=\"src/area.js\">", "</anything>"),
    ] {
        assert!(refused("src/area.js", &format!("{first}\n{OLD}{last}\n")), "{first}");
        assert!(refused("src/area.js", &format!("\n  {first}\n\n{OLD}\n{last}\n\n")), "{first}");
        let markup = format!("{first}\n<p>1</p>\n{last}\n");
        assert!(!refused("a.xml", &markup), "{first}");
        assert!(foreign("src/area.js", Some(&markup), &markup).is_none(), "it was so before");
    }
    assert!(refused("prompt.md", "<boltAction type=\"file\">\n# A\n</boltAction>\n"));
    for file in [
        "<document>\nSay it.\n</document>\n",
        "<details>\n\n- a\n\n</details>\n",
        "# A\n\n<file>\n\n</file>\n",
    ] {
        assert!(!refused("prompt.md", file), "{file}");
    }
    for file in [
        "<>\n  <file />\n</>\n",
        "<template>\n  a\n</template>\n",
        "<file> a </file>\n",
        "x = `\n<file>\n</file>\n`\n",
    ] {
        assert!(!refused("a.jsx", file), "{file}");
    }
}

#[test]
fn nothing_in_place_of_something_is_refused() {
    for empty in ["", "\n", " \n\t\n"] {
        assert!(foreign("a.js", Some(OLD), empty).is_some_and(|reason| reason.contains("delete it")));
        assert!(foreign("pkg/__init__.py", None, empty).is_none());
        assert!(foreign("pkg/__init__.py", Some("\n"), empty).is_none());
    }
}

#[test]
fn brackets_that_all_became_entities_are_refused() {
    let old = "export const App = () => <p>Hi</p>;\n";
    let escaped = old.replace('<', "&lt;").replace('>', "&gt;");
    assert!(foreign("App.jsx", Some(old), &escaped).is_some());
    assert!(foreign("App.jsx", Some(old), "export const App = () => <p>&lt;3</p>;\n").is_none());
    assert!(foreign("a.js", Some("a > b;\n"), "f(a, b);\n").is_none());
    assert!(foreign("a.js", Some("a > b; '&lt;';\n"), "f('&lt;');\n").is_none());
}

#[test]
fn a_closing_bracket_that_came_twice_is_refused() {
    let twice = "export function area(w, h) {\n  return w + h;\n}\n}\nexport const unit = 'cm';\n";
    assert!(foreign("a.js", Some(OLD), twice).is_some_and(|reason| reason.contains("write it once")));
    assert!(foreign("a.js", None, twice).is_none() && foreign("a.txt", Some(OLD), twice).is_none());
}

#[test]
fn lines_that_became_one_are_refused() {
    for one in [
        "export function area(w, h) {\\n  return w + h;\\n}\\nexport const unit = 'cm';\n",
        "export function size(w) {\\n  return w;\\n}",
        "a('x');\\n}\\nb();",
    ] {
        assert!(foreign("a.js", Some(OLD), one).is_some(), "{one}");
    }
    for one in [
        "console.log('a\\nb\\nc');\n",
        "console.log(\"it's\\nb\\nc\");\n",
        "f(/\\n/, '\\n', `\\n`);\n",
        "f('\\\\n', x);\n",
        "g();\n",
        "const a = 1;\\n\nconst b = 2;\\n\\n\n",
    ] {
        assert!(foreign("a.js", Some(OLD), one).is_none(), "{one}");
    }
    assert!(foreign("a.tex", Some("\\section{A}\n\\section{B}\n"), "\\newline x\n").is_none());
}

#[test]
fn what_is_around_a_file_is_not_its_content() {
    for new in [
        "Here is the file:\n\n```js\nexport const a = 1;\nexport const b = 2;\n```\n",
        "```\nexport const a = 1;\n```\nThat is all.\n",
        "1. export const a = 1;\n2. export const b = 2;\n3. f(a);\n",
        "L1: export const a = 1;\nL2: f(a);\n",
        "[1] a();\n[2] b();\n[3] c();\n",
        "   1  a();\n   2    b();\n   3  c();\n",
        "> a();\n> b();\n> c();\n",
        "a();\\nb();\\nc();\n",
        "  if (a &lt; b) f();\n",
    ] {
        assert!(refused("src/area.js", new), "{new}");
        assert!(!refused("docs/how.md", new), "{new}");
    }
    for new in
        ["const text = `\n```js\na();\n```\n`;\n", "const a = 'x\\ny\\nz';\n", "// 1. first\n// 2. second\n"]
    {
        assert!(!refused("src/area.js", new), "{new}");
    }
}
