use super::*;

fn content(path: &str, between_tags: &str) -> String {
    let path = RelativePath::parse(path).expect("a good path");
    let whole = read(&path, [between_tags.as_bytes()]);
    assert_eq!(read(&path, between_tags.as_bytes().chunks(1)), whole, "{between_tags:?} byte by byte");
    whole
}

fn refused(path: &str, between_tags: &str) -> Option<Refused> {
    let read = |size: usize| {
        let mut body = Body::new(&RelativePath::parse(path).expect("a good path"));
        between_tags.as_bytes().chunks(size).for_each(|chunk| body.push(chunk, &mut |_| {}));
        body.close(&mut |_| {}).err()
    };
    let whole = read(between_tags.len().max(1));
    assert_eq!(read(1), whole, "{between_tags:?} byte by byte");
    whole
}

fn read<'a>(path: &RelativePath, chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut body = Body::new(path);
    let mut out = Vec::new();
    for chunk in chunks {
        body.push(chunk, &mut |text| out.extend_from_slice(text));
    }
    body.close(&mut |text| out.extend_from_slice(text)).expect("an end");
    String::from_utf8(out).expect("text")
}

#[test]
fn line_breaks_around_a_file_are_not_part_of_it_and_it_ends_in_one() {
    for (between, file) in [
        ("\na\n", "a\n"),
        ("\r\na\r\n", "a\r\n"),
        ("a", "a\n"),
        ("\na", "a\n"),
        ("\na\n\n", "a\n"),
        ("\na\n\n\n", "a\n\n"),
        ("\n\na\n", "\na\n"),
        ("\na\n  ", "a\n"),
        ("\n", ""),
        ("\n\n", ""),
        ("\n\n\n", "\n"),
        ("\n   ", ""),
        ("", ""),
        ("  ", ""),
        ("\na\r", "a\r\n"),
    ] {
        assert_eq!(content("a.txt", between), file, "{between:?}");
    }
}

#[test]
fn indentation_blanks_and_entities_are_kept() {
    for file in
        ["  - yaml: 1\n", "    return 1\n", "a  \n", "\ta\n", "&lt;b&gt; &amp;\n", "a\rb\n", "\u{feff}a\n"]
    {
        assert_eq!(content("a.txt", &format!("\n{file}")), file);
    }
}

#[test]
fn a_fence_around_the_whole_file_is_taken_away() {
    for between in [
        "\n```js\na\n```\n",
        "\n\n```\na\n```\n\n",
        "\n~~~~ts title=x\na\n~~~~\n",
        "\n```js\na\n```",
        "\n  ```js\na\n  ```  \r\n",
        "\n```js\na\n",
    ] {
        assert_eq!(content("a.js", between), "a\n", "{between:?}");
    }
    assert_eq!(content("a.js", "\n```js\na\r\n\r\n```\n"), "a\r\n\r\n");
    assert_eq!(content("a.js", "\n```js\n```\n"), "");
    assert_eq!(content("a.js", "\n```js"), "");
}

#[test]
fn a_section_of_character_data_around_the_whole_file_is_taken_away() {
    for between in [
        "\n<![CDATA[\na\n]]>\n",
        "<![CDATA[\na\n]]>",
        "\n<![CDATA[a]]>\n",
        "\n  <![CDATA[  \na\n  ]]>  \n\n",
        "\n<![CDATA[\na]]>\n",
        "\n<![CDATA[\n```js\na\n```\n]]>\n",
        "\n<![CDATA[\n\n```js\na\n```\n\n]]>\n",
        "\n```xml\n<![CDATA[\na\n]]>\n```\n",
        "\n```xml\n<![CDATA[a]]>\n```",
    ] {
        assert_eq!(content("a.js", between), "a\n", "{between:?}");
    }
    assert_eq!(content("a.js", "\n<![CDATA[\n\n  a\r\n\n]]>\n"), "\n  a\r\n\n");
    assert_eq!(content("a.js", "\n<![CDATA[\n]]>\n"), "");
    assert_eq!(content("a.js", "\n<![CDATA[]]>\n"), "");
    let long = "a line of it\n".repeat(200);
    assert_eq!(content("a.js", &format!("\n<![CDATA[\n{long}]]>\n")), long);
    assert_eq!(content("a.js", &format!("\n```\n<![CDATA[\n{long}]]>\n```\n")), long);
}

#[test]
fn a_section_within_a_file_is_kept_and_one_without_an_end_is_refused() {
    let xml = "<a>\n<![CDATA[\nb\n]]>\n</a>\n";
    assert_eq!(content("a.xml", &format!("\n{xml}")), xml);
    let mut body = Body::new(&RelativePath::parse("a.js").expect("a good path"));
    body.push(b"\n<![CDATA[\na\n", &mut |_| {});
    assert_eq!(body.close(&mut |_| {}), Err(Refused::OpenSection));
}

#[test]
fn fences_inside_of_a_file_are_kept() {
    let inside = "a\n```\nb\n```\nc\n";
    assert_eq!(content("a.txt", &format!("\n{inside}")), inside);
    assert_eq!(content("a.txt", &format!("\n````\n{inside}````\n")), inside);
    assert_eq!(content("a.txt", &format!("\n```\n{inside}```\n")), inside);
    assert_eq!(content("a.txt", "\n```\na\n```\n\nb\n```\n"), "a\n```\n\nb\n");
    assert_eq!(content("a.txt", "\n```\na\n```\n\n```\n"), "a\n```\n\n");
    assert_eq!(content("a.txt", "\n```\na\n``\n```\n"), "a\n``\n");
    assert_eq!(content("a.txt", "\n``` a ` b\nc\n"), "``` a ` b\nc\n");
}

#[test]
fn a_fence_that_ends_before_the_file_does_is_none_around_it() {
    for behind in [
        "\nThis sets a.\n",
        "\n\n\nThis sets a.",
        "\n```js\nb\n```\n",
        "\nAnd:\n\n```\nb\n```\n",
        "</content>\n",
        "]]>\n",
    ] {
        for path in ["a.js", "src/a.py", "a.json", "Dockerfile.prod"] {
            let between = format!("\n```js\na\n```\n{behind}");
            assert_eq!(refused(path, &between), Some(Refused::BehindFence), "{path} {between:?}");
            let long = format!("\n```js\n{}```\n{behind}", "a line of it\n".repeat(200));
            assert_eq!(refused(path, &long), Some(Refused::BehindFence), "{path} {long:?}");
        }
    }
    // A file in which a fence may stand is still no half of one.
    for path in ["a.txt", "a.html", "LICENSE"] {
        assert_eq!(refused(path, "\n```\na\n```\n\nb\n"), Some(Refused::BehindFence), "{path}");
    }
    for between in
        ["\n<![CDATA[\n```js\na\n```\n\n]]>\n", "\n```js\na\n```\n \n\n", "\n````js\na\n```\nb\n````\n"]
    {
        assert_eq!(refused("a.js", between), None, "{between:?}");
    }
}

#[test]
fn a_markdown_file_may_begin_with_a_fence_of_its_own() {
    let file = "```sh\nnpm start\n```\n";
    assert_eq!(content("README.md", &format!("\n{file}")), file);
    let file = "# A\n\n```sh\nnpm start\n```\n";
    assert_eq!(content("README.md", &format!("\n```markdown\n{file}```\n")), file);
}

#[test]
fn endless_blanks_are_content_and_are_not_held() {
    for blank in [" ", "\n", "\t", "\r\n"] {
        let blanks = blank.repeat(2000);
        let file = format!("{blanks}a\n");
        assert!(content("a.js", &format!("\n{file}")) == file, "{blank:?} before");
        let file = format!("a\n{blanks}b\n");
        assert!(content("a.js", &format!("\n```\n{file}```\n")) == file, "{blank:?} between");
        let fenced = format!("\n```\na\n```\n{blanks}");
        assert_eq!(refused("a.js", &fenced), Some(Refused::BehindFence), "{blank:?} after a fence");
    }
    let marks = format!("{}\n", "`".repeat(2000));
    assert!(content("a.js", &format!("\n```\n{marks}```\n")) == marks);
}
