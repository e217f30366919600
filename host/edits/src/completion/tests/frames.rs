//! A code block below any sentence that has a file's name: it is that file, or the run tells of it.

use super::{Project, RelativePath, run, text};

const FRAMES: [&str; 46] = [
    "Here is `%`:",
    "Here's `%`:",
    "Here's the `%` file:",
    "Here is %:",
    "And here is **%** for you:",
    "Create `%` with:",
    "Create % with the following content:",
    "Now create `%`:",
    "First, %:",
    "First, create the file `%`:",
    "Now `%`:",
    "Next, the `%` file:",
    "Then `%`:",
    "Finally, `%` (the entry point):",
    "Also `%`, which does the rest:",
    "The `%` file:",
    "This is %:",
    "Updated `%`:",
    "My version of `%`:",
    "Let's start with `%`:",
    "Let me write `%` first:",
    "I'll create `%` now:",
    "**Step 1: Create `%`**",
    "### Create `%`",
    "### Step 2: the `%` file",
    "2. Then create `%`:",
    "- `%`:",
    "Save this as `%`:",
    "Save the following as %:",
    "Put this in `%`:",
    "Below is the complete `%`:",
    "The complete code of `%`:",
    "The contents of `%` are:",
    "`%` should look like this:",
    "`%` contains the following:",
    "Add a file called `%` with this content:",
    "In your project, create a file named %:",
    "Add to `%`:",
    "Voici `%` :",
    "As you see % is the one that fails:",
    "You can use it in `%` like this:",
    "The server is in `%`. It listens on a port.",
    "Running it prints what `%` says:",
    "### `%`\n\nIt greets people.",
    "Then comes the code.\n\n**%**",
    "%",
];

const NAMES: [(&str, &str); 20] = [
    ("index.html", "html"),
    ("src/b.js", "js"),
    ("src/b.js", ""),
    ("src/app.ts", "typescript"),
    ("src/App.tsx", "tsx"),
    ("styles.css", "css"),
    ("main.py", "python"),
    ("app/models/user.rb", "ruby"),
    ("src/lib.rs", "rust"),
    ("cmd/main.go", "go"),
    ("package.json", "json"),
    ("config/app.yaml", "yaml"),
    ("Cargo.toml", "toml"),
    ("Dockerfile", "dockerfile"),
    ("schema.sql", "sql"),
    ("app/[id]/page.tsx", "tsx"),
    ("src/routes/$id.tsx", "tsx"),
    ("src/App.vue", "vue"),
    ("notes.txt", "text"),
    ("README.md", "markdown"),
];

const CODE: &str = "{\"a\": 1}\n";

#[tokio::test]
async fn a_block_below_a_sentence_is_the_file_or_is_told() {
    let tags = "<file-k3x9 path=\"two.js\">\ntwo();\n</file-k3x9>\n\n";
    let mut used = 0;
    let project = Project::new(&[("two.js", "two();\n")]);
    for (number, frame) in FRAMES.into_iter().enumerate() {
        for (at, (name, language)) in NAMES.into_iter().enumerate() {
            let block = format!("{}\n\n```{language}\n{CODE}```\n", frame.replace('%', name));
            // Each name beside tags, and some of them in other places.
            let places = match (number + at) % 4 {
                0 => vec![(tags, ""), ("", "")],
                1 if at < 4 => vec![(tags, ""), ("", tags)],
                _ => vec![(tags, "")],
            };
            for (before, after) in places {
                let answer = format!("{before}{block}\n{after}");
                let outcome = run(&project, false, [text(&answer)]).await;
                let report = outcome.report.expect("a report");
                let made: Vec<String> = project.files().into_iter().filter(|path| path != "two.js").collect();
                let told = report.refused.iter().map(|refusal| refusal.path.as_str()).chain(
                    outcome.events.iter().filter(|event| event.starts_with("status ")).map(String::as_str),
                );
                let is_told = told.into_iter().any(|told| told.contains(name));
                if made.is_empty() {
                    assert!(is_told, "passed over in silence: {answer}");
                } else {
                    assert_eq!(made, [name], "{answer}");
                    assert_eq!(project.content(name).as_deref(), Some(CODE), "{answer}");
                    project.workspace.delete(&RelativePath::parse(name).expect("a path")).expect("deleted");
                    used += 1;
                }
            }
        }
    }
    // Where nothing else came, a sentence that gives a file is enough.
    assert!(used > FRAMES.len() * NAMES.len() / 4 * 7 / 10, "{used}");
}

#[tokio::test]
async fn a_block_below_a_sentence_replaces_no_file() {
    for frame in FRAMES {
        let project = Project::new(&[("src/b.js", "old();\n")]);
        let answer = format!("{}\n\n```js\nnew();\n```\n", frame.replace('%', "src/b.js"));
        let outcome = run(&project, false, [text(&answer)]).await;
        let report = outcome.report.expect("a report");
        assert_eq!(project.content("src/b.js").as_deref(), Some("old();\n"), "{answer}");
        let is_told = report.refused.iter().any(|refusal| refusal.path == "src/b.js")
            || outcome.events.iter().any(|event| event.contains("src/b.js"));
        assert!(is_told && report.files.is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn a_comment_in_the_first_line_is_a_name_that_stays_in_the_file() {
    for (line, name, language) in [
        ("// src/a.js", "src/a.js", "js"),
        ("# src/a.py", "src/a.py", "python"),
        ("<!-- index.html -->", "index.html", "html"),
        ("/* a.css */", "a.css", "css"),
        ("// File: src/a.ts", "src/a.ts", "ts"),
        ("# deploy.sh", "deploy.sh", "bash"),
        ("# .env", ".env", "bash"),
    ] {
        let content = format!("{line}\none();\n");
        for before in ["", "Here is the code:\n\n"] {
            let project = Project::new(&[]);
            let answer = format!("{before}```{language}\n{content}```\n");
            run(&project, true, [text(&answer)]).await.report.expect("a report");
            assert_eq!(project.content(name).as_deref(), Some(content.as_str()), "{answer}");
        }
    }
    for answer in
        ["Usage:\n```js\n// src/a.js\none();\n```\n", "Here is `src/b.js`:\n```js\n// src/a.js\n1\n```\n"]
    {
        let project = Project::new(&[]);
        let report = run(&project, true, [text(answer)]).await.report.expect("a report");
        let is_b = answer.contains("src/b.js");
        assert_eq!(report.refused.is_empty(), is_b, "{answer} {report:?}");
        assert_eq!(project.files(), if is_b { vec!["src/b.js"] } else { Vec::new() });
    }
}

#[tokio::test]
async fn blocks_that_are_no_files_are_told_in_one_sentence() {
    let project = Project::new(&[]);
    let answer = "<file-k3x9 path=\"a.js\">\n1\n</file-k3x9>\n\n**a.js**\n```js\n1\n```\n\nThen run:\n```bash\nnpm test\n```\n\
                  It prints:\n```\nok\n```\n";
    let outcome = run(&project, false, [text(answer)]).await;
    assert!(outcome.report.expect("a report").refused.is_empty());
    assert_eq!(
        outcome.events.last().map(String::as_str),
        Some(
            "status 3 code blocks of the answer are not written as a file: commands to be typed, below \"Then run:\"; text, below \
             \"It prints:\"; a.js: the answer has it between tags, and this was a code block"
        )
    );
}
