//! Wordings in many languages of people and of programs, what is honest, and the history of the checkout.

use super::*;
use proptest::prelude::*;

/// A language of programs: a file's name, how its comment is written, and how many of these parts make a file.
struct Language {
    name: &'static str,
    comment: fn(&str) -> String,
    head: &'static str,
    part: fn(usize) -> String,
    tail: &'static str,
}

fn languages() -> [Language; 6] {
    [
        Language {
            name: "src/shop.ts",
            comment: |text| format!("// {text}"),
            head: "import { db } from './db';\n\n",
            part: |n| {
                format!(
                    "export function part{n}(a: number) {{\n  const b = a + {n};\n  return db.get(b);\n}}\n\n"
                )
            },
            tail: "export default part0;\n",
        },
        Language {
            name: "shop.py",
            comment: |text| format!("# {text}"),
            head: "import db\n\n\n",
            part: |n| format!("def part{n}(a):\n    b = a + {n}\n    return db.get(b)\n\n\n"),
            tail: "if __name__ == '__main__':\n    part0(1)\n",
        },
        Language {
            name: "page.html",
            comment: |text| format!("<!-- {text} -->"),
            head: "<html>\n<body>\n",
            part: |n| format!("<section id=\"s{n}\">\n  <h2>Part {n}</h2>\n  <p>Text {n}</p>\n</section>\n"),
            tail: "</body>\n</html>\n",
        },
        Language {
            name: "query.sql",
            comment: |text| format!("-- {text}"),
            head: "BEGIN;\n\n",
            part: |n| format!("CREATE TABLE part{n} (\n  id INTEGER PRIMARY KEY,\n  name{n} TEXT\n);\n\n"),
            tail: "COMMIT;\n",
        },
        Language {
            name: "Shop.jsx",
            comment: |text| format!("{{/* {text} */}}"),
            head: "export default function Shop() {\n  return (\n    <main>\n",
            part: |n| {
                format!("      <Card id={{{n}}}>\n        <Price value={{prices[{n}]}} />\n      </Card>\n")
            },
            tail: "    </main>\n  );\n}\n",
        },
        Language {
            name: "site.css",
            comment: |text| format!("/* {text} */"),
            head: ":root { --main: #333; }\n\n",
            part: |n| format!(".part{n} {{\n  width: {n}px;\n  color: var(--main);\n}}\n\n"),
            tail: "footer { margin: 0; }\n",
        },
    ]
}

const WORDINGS: [&str; 20] = [
    "... existing code ...",
    "rest of the file",
    "The handlers and the table are as they were",
    "[everything below is kept]",
    "keep part1 to part7 as they are",
    "… restlicher Code unverändert …",
    "der übrige Teil bleibt gleich",
    "le reste du fichier ne change pas",
    "el resto del código no cambia",
    "其余代码保持不变",
    "以下は変更なし",
    "остальной код без изменений",
    "unchanged",
    "(see above)",
    "snip",
    "--- 8< ---",
    "same as in the previous version, 7 more of them",
    "etc.",
    "<rest of Shop>",
    "TODO: paste the old functions here",
];

fn whole(language: &Language) -> String {
    let parts: String = (0..8).map(language.part).collect();
    format!("{}{parts}{}", language.head, language.tail)
}

#[test]
fn whatever_stands_in_place_of_code_is_found_in_any_language_and_wording() {
    for language in languages() {
        let old = whole(&language);
        for text in WORDINGS {
            let line = (language.comment)(text);
            let changed = (language.part)(0).replace(['0', 'a'], "9");
            for new in [
                // In the middle, at the end, at the beginning; close to the code or apart from it.
                format!("{}{changed}{line}\n\n{}", language.head, language.tail),
                format!("{}{changed}{line}\n{}", language.head, language.tail),
                format!("{}{changed}{line}\n", language.head),
                format!("{}{}  {line}", language.head, (language.part)(0)),
                format!("{line}\n{}{}", (language.part)(7), language.tail),
                format!("{}{}{line}\n{}", language.head, (language.part)(3), language.tail),
            ] {
                let found = find(language.name, &old, &new);
                assert_eq!(found.map(|found| found.text), Some(line.clone()), "{}:\n{new}", language.name);
            }
        }
    }
}

#[test]
fn a_body_that_is_left_out_is_found() {
    let old = "function a(x) {\n  one(x);\n  two(x);\n  three(x);\n}\n\nfunction b(x) {\n  four(x);\n  five(x);\n}\n";
    for new in [
        "function a(x) { ... }\n\nfunction b(x) {\n  six(x);\n  five(x);\n}\n",
        "function a(x) { /* as it is */ }\n\nfunction b(x) {\n  six(x);\n  five(x);\n}\n",
        "function a(x) {\n  // as it is\n}\n\nfunction b(x) {\n  six(x);\n  five(x);\n}\n",
        "function a(x) {\n  // same\n}\n\nfunction b(x) {\n  // same\n}\n",
    ] {
        assert!(find("a.js", old, new).is_some(), "{new}");
    }
    let old = "def a(x):\n    one(x)\n    two(x)\n\ndef b(x):\n    three(x)\n";
    for new in ["def a(x): ...\n\ndef b(x):\n    four(x)\n", "def a(x):\n    ...\n\ndef b(x):\n    four(x)\n"]
    {
        assert!(find("a.py", old, new).is_some(), "{new}");
    }
}

#[test]
fn a_line_that_is_no_comment_is_found_too() {
    let language = &languages()[0];
    let old = whole(language);
    for line in [
        "...",
        "(rest of functions ...)",
        "[…]",
        "The remaining functions stay the same.",
        "[the other functions are unchanged]",
        "rest of code",
        "=== same ===",
        "其余代码保持不变",
    ] {
        let new = format!("{}{line}\n\n{}", language.head, language.tail);
        assert_eq!(find("src/shop.ts", &old, &new).map(|found| found.line), Some(3), "{line}");
    }
}

#[test]
fn a_growing_file_may_lose_code_as_well() {
    let language = &languages()[0];
    let added: String = (20..40).map(language.part).collect();
    let new = format!("{}// part0 to part7 as before\n\n{}", language.head, language.tail) + &added;
    let found = find("src/shop.ts", &whole(language), &new).expect("an omission");
    // Eight times three lines, of which one is in every part, also in those that came.
    assert_eq!((found.line, found.lost), (3, 16));
}

#[test]
fn few_lines_are_enough_for_few_words() {
    let old = "function f(x) {\n  step1(x);\n  step2(x);\n  return x;\n}\n";
    for stands in [
        "// existing code",
        "// (unchanged)",
        "// steps 1 to 2",
        "// step1 … step2",
        "// Rest unverändert",
        "// остальной код",
        "// 其余代码不变",
        "// 나머지 코드",
        "// {{existing}}",
        "// -----",
        "//",
        "// ..",
        "/* */",
        "︙",
        "<...>",
        "`...`",
        "...rest",
        "unchanged",
        "etc.",
        "<unchanged/>",
    ] {
        for (above, below) in
            [("", ""), ("  check(x);\n", ""), ("", "  done(x);\n"), ("  check(x);\n", "  done(x);\n")]
        {
            let new = format!("function f(x) {{\n{above}  {stands}\n{below}  return x;\n}}\n");
            let is_even = !above.is_empty() && !below.is_empty();
            // As many lines as went came, so that only words tell.
            if is_even && ["// -----", "//", "/* */"].contains(&stands) {
                continue;
            }
            assert!(find("a.js", old, &new).is_some(), "{new}");
        }
    }
    let old = "function f(x) {\n  step1(x);\n  return y;\n}\n";
    assert!(find("a.js", old, "function f(x) {\n  step1(x);\n  return ...;\n}\n").is_some());
}

#[test]
fn words_about_what_is_new_are_let_through() {
    let old = "function f(x) {\n  step1(x);\n  step2(x);\n  return x;\n}\n";
    for new in [
        "function f(x) {\n  // Keep the existing order of the cart.\n  sorted(x);\n  step3(x);\n  return x;\n}\n",
        "function f(x) {\n  // Both steps at once, the rest of them\n  // is up to the caller.\n  steps(x);\n  return x;\n}\n",
        "function f(x) {\n  // All steps.\n  allSteps(x);\n  return x;\n}\n",
        "const g = [\n  ...rest\n];\nfunction f(x) {\n  return x;\n}\n",
        "function f(x) {\n  step1({\n    ...rest\n  });\n  return x;\n}\n",
    ] {
        assert_eq!(find("a.js", old, new), None, "{new}");
    }
}

#[test]
fn what_is_honest_is_let_through() {
    let old = "// Sums.\n// In cents.\nfunction sum(a) {\n  let s = 0;\n  for (const x of a) {\n    s += x;\n  }\n  return s;\n}\n\nfunction other() {\n  one();\n  two();\n  three();\n}\n\nfunction last() {\n  return 1;\n}\n";
    for new in [
        // Less code, with a comment of its own.
        old.replace("  let s = 0;\n  for (const x of a) {\n    s += x;\n  }\n  return s;\n", "  // One pass with reduce is enough.\n  return a.reduce(add, 0);\n"),
        // Deleted without a word.
        old.replace("function other() {\n  one();\n  two();\n  three();\n}\n\n", ""),
        // Comments worded anew.
        old.replace("// Sums.\n// In cents.\n", "// The sum in cents.\n"),
        // Put out of use.
        old.replace("  one();\n  two();\n  three();\n", "  // one();\n  // two();\n  // three();\n"),
        // One line less, with a reason.
        old.replace("  three();\n", "  // The third is done by the caller, once for all that come after it.\n"),
        // Moved.
        "function last() {\n  return 1;\n}\n\n// Others.\nfunction other() {\n  one();\n  two();\n  three();\n}\n".to_owned()
            + &old[..old.find("function other").expect("it")],
        // A description of what follows, where something was deleted.
        old.replace("function other() {\n  one();\n  two();\n  three();\n}\n\n", "/** The last one. */\n"),
        old.replace("function other() {\n  one();\n  two();\n  three();\n}\n\n", "/**\n * The last one.\n *\n * It ends.\n */\n"),
        old.replace("function other() {\n  one();\n  two();\n  three();\n}\n\n", "/**\n * The last one.\n */\n\n"),
        old.to_owned() + "// ... and that is all\n",
        format!("{old}..."),
    ] {
        assert_eq!(find("a.js", old, &new), None, "{new}");
    }
}

#[test]
fn the_ellipsis_of_a_language_is_code() {
    let old = "a(1);\nb(2);\nc(3);\nd(4);\n";
    for new in ["f(...rest);\n", "x = {\n  ...rest,\n  a,\n};\n", "let [\n  ...rest\n] = a;\n"] {
        assert_eq!(find("a.js", old, new), None, "{new}");
    }
    let old = "class A:\n    def a(self):\n        return 1\n    def b(self):\n        return 2\n";
    let new = "class A(Protocol):\n    def first(self) -> int:\n        ...\n";
    assert_eq!(find("a.py", old, new), None);
    let old = "def a(\n    x\n) -> int:\n    return 1\n";
    assert_eq!(find("a.py", old, "@overload\ndef a(\n    x: int\n) -> int: ...\n"), None);
}

#[test]
fn a_comment_that_is_worded_anew_stands_for_nothing() {
    let old = "start();\n// Ask every server in the list, one after the other\nlet found = ask(servers);\nif (!found) {\n  log(1);\n  \
               log(2);\n  log(3);\n  log(4);\n}\n";
    let new = "start();\n// Ask every server in the list, one after the other, and wait\nlet found = ask(servers, all);\n";
    assert_eq!(find("a.js", old, new), None);
    // What is below it is something else, so it stands for what was there.
    let new = "start();\n// Ask every server in the list, one after the other, as before\n}\n";
    assert!(find("a.js", old, new).is_some());
    let new = "start();\n// the list of servers as before\nlet found = ask(servers, all);\n";
    assert!(find("a.js", old, new).is_some());
}

#[test]
fn a_text_below_a_new_value_describes_it() {
    let old = "class Kind:\n    VALUES = {1, 2}\n    def check(self, value):\n        if value not in self.VALUES:\n            \
               raise ValueError(value)\n        return value\n";
    let new = "class Kind:\n    ONE = 1\n    \"\"\"The first of them.\"\"\"\n\n";
    assert_eq!(find("a.py", old, new), None);
}

#[test]
fn prose_is_the_content_of_a_readme() {
    let old = "# Shop\n\nIt sells.\n\n## Install\n\nRun npm.\n\nThen start it.\n\nOpen the page.\n\n## Use\n\nClick.\n";
    for new in
        ["# Shop\n\nIt sells things and is easy.\n", "# Shop\n\n# All about it\n\nThe rest is simple...\n"]
    {
        assert_eq!(find("README.md", old, new), None, "{new}");
    }
    for line in
        ["...", "[...]", "(… rest unchanged …)", "... (rest of the README) ...", "<!-- the rest of it -->"]
    {
        assert!(find("README.md", old, &format!("# Shop\n\nIt buys.\n\n{line}\n")).is_some(), "{line}");
    }
}

#[test]
fn a_form_says_in_a_comment_what_to_fill_in() {
    let old =
        "# Report\n\n<!-- Say what is wrong. -->\n\nSteps:\n\n- One.\n- Two.\n- Three.\n- Four.\n- Five.\n";
    let form = "# Report\n\n<!--\nSay first:\n\n- what you did,\n- what came.\n-->\n";
    assert_eq!(find("report.md", old, form), None);
    for text in ["<!-- steps as before -->", "<!--\nThe steps are as before.\n-->", "<!--\n...\n-->"] {
        assert!(find("report.md", old, &format!("# Report\n\n{text}\n")).is_some(), "{text}");
    }
}

#[test]
fn the_message_says_what_and_what_to_do() {
    let found = Omission { line: 3, text: "// rest".into(), lost: 9 };
    let message = "line 3, \"// rest\", stands in place of lines that would be lost (9 of the file as it is): write them \
                   out; if they are to go, leave that line out too";
    assert_eq!(found.to_string(), message);
}

fn any_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("// same".to_owned()),
        Just("...".to_owned()),
        Just("a();".to_owned()),
        Just("}".to_owned()),
        Just(String::new()),
        "[a-c]{1,2} = [0-9];",
        "\\PC{0,8}",
    ];
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn a_text_stands_for_nothing_of_itself_nor_of_what_it_only_adds_to(old in any_text(), added in any_text()) {
        prop_assert_eq!(find("a.js", &old, &old), None);
        prop_assert_eq!(find("a.js", "", &old), None);
        prop_assert_eq!(find("a.js", &old, &format!("{old}\n{added}")), None);
    }

    #[test]
    fn the_line_that_is_named_is_one_that_came(old in any_text(), new in any_text()) {
        if let Some(found) = find("a.js", &old, &new) {
            prop_assert_eq!(new.lines().nth(found.line - 1).map(str::trim), Some(found.text.as_str()));
            prop_assert!(!old.lines().any(|line| line.trim() == found.text));
            prop_assert!(found.lost <= old.lines().count());
        }
    }
}

#[test]
fn in_a_new_file_only_what_a_line_says_tells_of_lines_that_are_gone_elsewhere() {
    let gone = "export function save(row) {\n  db.put(row.id, row);\n  return row;\n}\nexport function drop(id) {\n}\n";
    for line in ["// ... the rest", "// rest unchanged", "// existing code"] {
        let new = format!("const a = load();\nrun(a);\n\n{line}\n");
        assert!(find_said("a.js", gone, &new).is_some(), "{line}");
        assert_eq!(find_said("a.js", "", &new), None, "nothing is gone: {line}");
    }
    for new in [
        "// What is loaded.\nconst a = load();\n",
        "const a = load();\n\n// Nothing is closed here.\n",
        "try {\n  load();\n} catch {\n  // not there yet\n}\n",
        "function none() {\n  // as the caller has it\n}\n",
    ] {
        assert_eq!(find_said("a.js", gone, new), None, "{new}");
    }
}
