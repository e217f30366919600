//! Files in code blocks, without tags.

use crate::{NONCE, expect, fold, parse, parser, refused};
use orchestrator_artifact::{AnswerLimits, ArtifactParser, Ending};

#[test]
fn code_blocks_of_one_chunk_are_counted_together() {
    let limits = AnswerLimits { file: 100, operations: 4, total: 35 };
    let block = |name: &str| format!("**{name}.js**\n\n```js\n0123456789\n0123456789\n```\n");
    let text = [block("a"), block("b")].concat();
    let read =
        |size| fold(ArtifactParser::with_limits(NONCE, limits), text.as_bytes().chunks(size), Ending::Whole);
    let folded = read(text.len());
    assert!(
        folded.done.iter().any(|done| done.starts_with("refused b.js: the files of this answer")),
        "{folded:?}"
    );
    assert_eq!(read(1), folded);
}

#[test]
fn fenced_blocks_with_a_path_are_files_when_no_tag_came() {
    expect(
        "Two files.\n\n**src/a.js**\n\n```js\nlet a;\n\n```\n\n```css title=\"b.css\"\nb {}\n```\nDone.\n",
        &["open src/a.js (inferred)", "src/a.js = let a;\n\n", "open b.css (inferred)", "b.css = b {}\n"],
        "Two files.\n\n**src/a.js**\n\n\nDone.\n",
    );
    expect(
        "```py:a.py\n  x\n``\n```` \r\n````md README.md\n# A\n```sh\nb\n```\n````",
        &[
            "open a.py (inferred)",
            "a.py =   x\n``\n",
            "open README.md (inferred)",
            "README.md = # A\n```sh\nb\n```\n",
        ],
        "",
    );
}

#[test]
fn fenced_blocks_are_inferred_before_a_tag_and_after_it() {
    let block = "```js a.js\n1\n```\n";
    expect(
        &format!("{block}<file-k3x9 path=\"b\">\n2\n</file-k3x9>\n{block}"),
        &["open a.js (inferred)", "a.js = 1\n", "open b", "b = 2\n", "open a.js (inferred)", "a.js = 1\n"],
        "\n",
    );
}

#[test]
fn fenced_blocks_that_are_no_files_stay_prose() {
    for text in [
        "```js\nlet a;\n```\n",
        "```diff\n-a\n+b\n```\n",
        "Run this in `src/a.js`:\n```sh\nnode src/a.js\n```\n",
        "```js a.js\n```\n",
        "```\n**a.js**\n```js\n1\n```\n```\n",
    ] {
        expect(text, &[], text);
    }
    for text in [
        "**a.js**\n\n\n\n```js\n1\n```\n",
        "### a.js\n\nIt greets people.\n```js\n1\n```\n",
        "The code of `a.js` is fine:\n```js\n1\n```\n",
        "Usage:\n```js\n// a.js\n2\n```\n",
    ] {
        let refused = refused(text);
        assert!(
            refused.len() == 1 && refused[0].starts_with("a.js: whether a code block"),
            "{text}: {refused:?}"
        );
    }
    let long = format!("{}\n```js\n1\n```\n{}", "x".repeat(1000), "`".repeat(1000));
    assert!(parse(&long).prose == long);
}

#[test]
fn a_block_that_begins_and_does_not_go_on_is_incomplete() {
    for text in ["```js a.js", "```js a.js\n", "```js a.js\n1", "**a.js**\n```js\nlet a;\n"] {
        let done = parse(text).done;
        let expected: &[&str] = match text.contains("js a.js\n") || text.starts_with("**") {
            true => &[
                "open a.js (inferred)",
                "incomplete a.js: its end is missing: the answer was over before it",
            ],
            false => &[],
        };
        assert_eq!(done, expected, "{text:?}");
    }
}

#[test]
fn nothing_after_a_block_whose_end_cannot_be_told_becomes_a_file() {
    let nested = "```js a.js\nhelp(`\n```sh\nnpm start\n```\n`);\n```\n**b.js**\n```js\n1\n```\n";
    let readme = "**README.md**\n```md\n# A\n\n```\nnpm start\n```\n\nIn it:\n\n**b.js**\n```js\n1\n```\n";
    for text in [nested, readme] {
        let paths: Vec<_> =
            refused(text).iter().map(|line| line.split(':').next().map(ToOwned::to_owned)).collect();
        assert_eq!(paths.len(), 2, "{paths:?}");
        assert_eq!(paths[1].as_deref(), Some("b.js"));
    }
}

#[test]
fn a_file_that_a_fence_of_its_own_may_have_cut_is_taken_back() {
    let text =
        "```py a.py\n\"\"\"Use it so:\n```\nrun()\n```\n\"\"\"\ndef run(): 1\n```\n**b.py**\n```py\n1\n```\n";
    let done = parse(text).done;
    assert_eq!(done[1], "a.py = \"\"\"Use it so:\n");
    assert!(done[2].starts_with("refused a.py: the code block has another in it"), "{done:?}");
    assert!(done.last().is_some_and(|done| done.starts_with("refused b.py")), "{done:?}");
    // Apart from it, a block without a language is one of its own.
    let text = "```py a.py\n1\n```\n\nIt prints:\n\n```\n1\n```\n";
    assert_eq!(parse(text).done, ["open a.py (inferred)", "a.py = 1\n"]);
}

#[test]
fn tags_within_a_fence_are_tags_and_the_fence_ends_behind_them() {
    let text = "```xml\n<file-k3x9 path=\"a.js\">\n1\n</file-k3x9>\n```\n**b.js**\n```js\n2\n```\n";
    expect(
        text,
        &["open a.js", "a.js = 1\n", "open b.js (inferred)", "b.js = 2\n"],
        "```xml\n\n```\n**b.js**\n",
    );
    let named = "**a.js**\n```js\n<file-k3x9 path=\"a.js\">\n1\n</file-k3x9>\n```\n";
    let done = parse(named).done;
    assert_eq!(done.last().map(String::as_str), Some("a.js = 1\n"), "{done:?}");
    assert!(done.len() == 4 && done[1].starts_with("incomplete a.js"), "{done:?}");
}

#[test]
fn a_fenced_file_without_its_end_is_incomplete() {
    let read = |text: &str, ending| fold(parser(), [text], ending).done.pop().expect("an end");
    let cut = "```js a.js\na line that is long enough to decide\n```";
    assert_eq!(read(cut, Ending::Whole), "a.js = a line that is long enough to decide\n");
    assert_eq!(
        read(cut, Ending::Limit),
        "incomplete a.js: its end is missing: the answer reached its limit of tokens"
    );
    assert_eq!(read("```js a.js\na line\n<file-k3x9 path=\"b\"/>", Ending::Whole), "b = ");
}

#[test]
fn a_name_between_backticks_like_a_fence_or_behind_a_label_in_brackets_is_a_name() {
    for line in [
        "```main.py```",
        "````main.py````",
        "~~~main.py~~~",
        "``` main.py ```",
        "```python main.py```",
        "[FILENAME] main.py",
        "[File]: main.py",
        "<filename> main.py",
        "{path} `main.py`",
    ] {
        expect(
            &format!("{line}\n```python\nprint(1)\n```\n"),
            &["open main.py (inferred)", "main.py = print(1)\n"],
            &format!("{line}\n"),
        );
    }
}

#[test]
fn a_file_that_a_command_would_write_is_refused() {
    for command in ["cat > src/a.js << 'EOF'", "cat <<EOF >src/a.js", "$ tee src/a.js <<EOF"] {
        let text = format!("Run it:\n```bash\nmkdir -p src\n{command}\nexport const a = 1;\nEOF\n```\n");
        assert_eq!(
            refused(&text),
            ["src/a.js: a command in a code block would write it, and commands of an answer are not run: \
              write the whole file between tags"],
            "{command}"
        );
    }
    assert!(refused("```bash\ncat src/a.js\nnpm test << EOF\nEOF\n```\n").is_empty());
    expect(
        &format!("<file-{NONCE} path=\"a.sh\">\ncat > b.js <<EOF\nEOF\n</file-{NONCE}>\n"),
        &["open a.sh", "a.sh = cat > b.js <<EOF\nEOF\n"],
        "\n",
    );
}
