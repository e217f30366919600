//! What stands in a body's place, in whichever brackets, and what is a body that a language has.

use super::super::find;

/// A body that is gone: a file's name, its head with the opener, its closer, and how a comment is written within.
struct Gap {
    name: &'static str,
    head: &'static str,
    lines: [&'static str; 4],
    close: &'static str,
    comment: fn(&str) -> String,
}

fn slashes(text: &str) -> String {
    format!("/* {text} */")
}

fn places() -> [Gap; 9] {
    let calls = ["  open(a);", "  turn(b);", "  close(c);", "  leave(d);"];
    let items = ["  'ant',", "  'bee',", "  'cat',", "  'dog',"];
    let pairs = ["  ant: 1,", "  bee: 2,", "  cat: 3,", "  dog: 4,"];
    [
        Gap { name: "door.js", head: "function door(a, b) {", lines: calls, close: "}", comment: slashes },
        Gap { name: "door.go", head: "func door(a int) {", lines: calls, close: "}", comment: slashes },
        Gap {
            name: "zoo.ts",
            head: "export const zoo: Pet[] = [",
            lines: items,
            close: "];",
            comment: slashes,
        },
        Gap { name: "zoo.rs", head: "const ZOO: [&str; 4] = [", lines: items, close: "];", comment: slashes },
        Gap { name: "zoo.mjs", head: "const zoo = {", lines: pairs, close: "};", comment: slashes },
        Gap {
            name: "box.scss",
            head: ".box {",
            lines: ["  color: red;", "  width: 1px;", "  margin: 0;", "  top: 2px;"],
            close: "}",
            comment: slashes,
        },
        Gap {
            name: "zoo.sql",
            head: "CREATE TABLE zoo (",
            lines: ["  ant INTEGER,", "  bee TEXT,", "  cat TEXT,", "  dog TEXT"],
            close: ");",
            comment: slashes,
        },
        Gap {
            name: "zoo.html",
            head: "<ol class=\"zoo\">",
            lines: ["  <li>Ant</li>", "  <li>Bee</li>", "  <li>Cat</li>", "  <li>Dog</li>"],
            close: "</ol>",
            comment: |text| format!("<!-- {text} -->"),
        },
        Gap {
            name: "Zoo.jsx",
            head: "<Zoo open>",
            lines: ["  <Ant />", "  <Bee />", "  <Cat />", "  <Dog />"],
            close: "</Zoo>",
            comment: |text| format!("{{/* {text} */}}"),
        },
    ]
}

fn around(name: &str, part: &str) -> String {
    match name.rsplit('.').next() {
        Some("html" | "jsx") => format!("<main>\n{part}\n<p>end</p>\n</main>\n"),
        _ => format!("start(0);\n\n{part}\n\nend(9);\n"),
    }
}

fn found(name: &str, old: &str, new: &str) -> bool {
    find(name, &around(name, old), &around(name, new)).is_some()
}

#[test]
fn dots_or_a_comment_in_any_brackets_stand_for_the_body() {
    for Gap { name, head, lines, close, comment } in places() {
        let old = format!("{head}\n{}\n{close}", lines.join("\n"));
        let bodies = ["...", "…", "... as before ...", "(the rest ...)"].map(str::to_owned);
        let comments = ["...", "as before", "4 of them", "gleich", "変更なし"].map(comment);
        for body in bodies.iter().chain(&comments) {
            for new in [
                format!("{head} {body} {close}"),
                format!("{head}{body}{close}"),
                format!("{head}\n  {body}\n{close}"),
            ] {
                assert!(found(name, &old, &new), "{name}:\n{new}");
            }
        }
        // What is gone is said, what has come in its place is not.
        assert!(!found(name, &old, &format!("{head}{close}")), "{name}");
        assert!(!found(name, &old, &format!("{head}\n{}\n{close}", lines[2])), "{name}");
    }
}

#[test]
fn a_head_may_be_changed_or_out_of_use_and_the_remark_may_be_behind_it() {
    let old = "  draw(shape) {\n    const a = area(shape);\n    fill(a);\n    stroke(a);\n    return a;\n  }";
    for new in [
        "  async draw(shape) { ... }",
        "  draw(shape, colour) { … }",
        "  draw(shape){...}",
        "  static draw(shape) { /* as before */ }",
        "  // draw(shape) { ... }",
        "  // draw(shape) { /* ... */ }",
        "  draw(shape) { // as before\n  }",
        "  draw(shape) {// as before\n  }",
        "  draw(shape, colour) { // as before\n\n  }",
        "  draw(shape) { /* as before */\n  }",
        "  // {as before}",
        "  ...;",
        "  …;",
        "  const draw = ...;",
        "  [cut]",
        "  (same)",
        "  earlier code",
        "  //as before",
    ] {
        assert!(found("shapes.js", old, new), "{new}");
    }
}

#[test]
fn what_is_indented_is_a_body_too() {
    let old = "def draw(shape):\n    a = area(shape)\n    fill(a)\n    stroke(a)\n    return a";
    for new in [
        "def draw(shape): ...",
        "def draw(shape):  # as before",
        "def draw(shape):  # ...",
        "def draw(shape):\n    # as before\n    pass",
        "def draw(shape):\n    pass  # as before",
        "# def draw(shape): ...",
        "#as before",
        "#the rest",
    ] {
        assert!(found("shapes.py", old, new), "{new}");
    }
    let old = "shapes:\n  - circle\n  - square\n  - star";
    for new in
        ["shapes: # as before", "shapes: ...", "shapes: [...]", "#the shapes", "shapes:\n  # as before"]
    {
        assert!(found("shapes.yaml", old, new), "{new}");
    }
    let old = "[shapes]\ncircle = 1\nsquare = 2\nstar = 3\n\n[colours]\nred = 1";
    for new in ["[shapes] # as before\n\n[colours]\nred = 1", "[shapes]\n#as before\n\n[colours]\nred = 1"] {
        assert!(found("shapes.toml", old, new), "{new}");
    }
}

#[test]
fn data_has_no_dots_for_a_key_or_in_place_of_a_value() {
    let old = "{\n  \"tasks\": {\n    \"one\": \"1\",\n    \"two\": \"2\",\n    \"three\": \"3\"\n  }\n}\n";
    for new in [
        "{ \"...\": \"...\" }",
        "\"...\"",
        "{ ... }",
        "{ \"one\": \"1\", ... }",
        "...",
        "\"…\"",
        "{\n    \"...\": \"...\"\n  }",
        "{\n    \"...\": null\n  }",
        "[\n    \"...\"\n  ]",
    ] {
        let new = format!("{{\n  \"tasks\": {new}\n}}\n");
        assert!(find("tasks.json", old, &new).is_some(), "{new}");
    }
    let old = "struct Shape {\n    a: u8,\n    b: u8,\n    c: u8,\n}";
    assert!(found("shape.rs", old, "struct Shape { a: u8, .. }"));
}

#[test]
fn bare_words_stand_for_code_where_they_are_no_statement() {
    let body: String = (1..5).map(|n| format!("old({n});\n")).collect();
    for name in ["a.js", "a.ts", "a.rs", "a.go", "a.java", "a.c", "a.php", "a.py", "a.css"] {
        for words in ["[snip]", "(unchanged)", "[same]", "existing code", "alter inhalt", "{cut}"] {
            assert!(found(name, &body, words), "{name}: {words}");
        }
        // Names that the file knows, and a statement of which more than one has come.
        assert!(!found(name, &body, "(old)"), "{name}");
        assert!(!found(name, &body, "return one\n\nreturn two"), "{name}");
    }
    for (name, words) in
        [("a.sh", "npm ci"), (".gitignore", "[snip]"), ("Dockerfile", "RUN it"), ("a.html", "Sign in")]
    {
        assert!(!found(name, &body, words), "{name}: {words}");
    }
}

#[test]
fn what_a_language_writes_with_dots_is_its_own() {
    let calls = "old(1);\nold(2);\nold(3);\nold(4);\nold(5);";
    for (name, old, new) in [
        ("a.js", "const all = [\n  one,\n  two,\n  three,\n];", "const all = [...items];"),
        ("a.js", "const all = {\n  one,\n  two,\n  three,\n};", "const all = { ...props };"),
        ("a.js", calls, "run(...args);"),
        ("a.ts", calls, "function run(...args: string[]) {}"),
        ("a.tsx", calls, "<Card {...props} />"),
        ("a.rs", "let a = A {\n  b: 1,\n  c: 2,\n  d: 3,\n};", "let a = A { b: 1, ..Default::default() };"),
        ("a.rs", "A {\n  b,\n  c,\n  d,\n} => 1,", "A { b, .. } => 1,"),
        ("a.rs", calls, "let A { .. } = a;"),
        ("a.rs", calls, "for i in 0..9 {}"),
        ("a.go", calls, "all := append(a, b...)"),
        ("a.go", "var a = [4]string{\n  \"a\",\n  \"b\",\n  \"c\",\n}", "var a = [...]string{}"),
        ("a.c", calls, "void print(const char *format, ...);"),
        ("a.cpp", calls, "catch (...) {}"),
        ("a.lua", calls, "local a, b = ..."),
        ("a.lua", calls, "local all = { ... }"),
        ("a.py", calls, "x: Tuple[int, ...] = ()"),
        ("a.py", calls, "y = x[...]"),
        ("a.py", calls, "class Draws(Protocol):\n    def draw(self) -> None: ..."),
        ("a.py", "class A:\n    ...\n\nclass B(A):\n    ...", "class A: ...\nclass B(A): ..."),
        (
            "a.pyi",
            "def draw(\n    shape: Shape,\n    colour: Colour,\n) -> None: ...",
            "def draw(shape: Shape) -> None: ...",
        ),
        ("a.js", calls, "const label = 'Loading...';"),
        ("a.js", calls, "try { go(); } catch { /* it is gone */ }"),
        ("a.js", calls, "const none = {};"),
        ("a.js", calls, "listen(() => {});"),
        ("a.js", calls, "function run() { // at once\n  go();\n}"),
        ("a.py", calls, "def run():  # at once\n    go()"),
        ("a.py", calls, "def run(path): pass"),
        ("a.py", calls, "class Gone(Exception):\n    \"\"\"It is gone.\"\"\""),
        ("a.yml", calls, "run: # at once\n  - go"),
        ("a.toml", calls, "[run] # at once\ngo = 1"),
        ("a.sh", calls, "npm ci"),
        ("a.rs", calls, "draw!(\n    Shape for Circle\n);"),
    ] {
        assert!(!found(name, old, new), "{name}:\n{new}");
    }
}
