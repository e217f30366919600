use super::*;

fn restored(file: &str, removed: &str, added: &str) -> Result<String, ()> {
    let line = |kind, text: &'static str| HunkLine {
        kind,
        text: text.as_bytes(),
        carriage_return: false,
        signless: false,
    };
    let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let (removed, added) = (leak(removed), leak(added));
    let lines = vec![line(Kind::Removed, removed), line(Kind::Added, added)];
    let hunk = Hunk { lines, ..Hunk::new(1) };
    let mut texts = [Cow::Borrowed(added.as_bytes())];
    let forms = Forms::learn(hunk.old().map(|line| (line, Some(file.as_bytes()))));
    forms.restore(&hunk, &mut texts).map_err(|_| ())?;
    Ok(String::from_utf8_lossy(&texts[0]).into_owned())
}

#[test]
fn a_changed_line_keeps_the_forms_of_the_file() {
    let same = |file: &str, removed: &str, added: &str, expected: &str| {
        assert_eq!(restored(file, removed, added).as_deref(), Ok(expected));
    };
    same("It’s fine — really.", "It's fine - really.", "It's good - really.", "It’s good — really.");
    same("a = 'It’s here';", "a = 'It's here';", "a = 'It's there';", "a = 'It’s there';");
    same(
        "She said, “Hello.”",
        "She said, \"Hello.\"",
        "She said, \"Bye.\" He said, \"No.\"",
        "She said, “Bye.” He said, “No.”",
    );
    same("And so… it is", "And so... it is", "And so... it was", "And so… it was");
}

#[test]
fn what_nothing_shows_is_not_guessed() {
    assert!(restored("It’s", "It's", "'It's'").is_err());
    assert!(restored("‘a’ it’s", "‘a’ it's", "'a' it's b").is_err());
    assert!(restored("a’b c'd", "a'b c'd", "a'b c'd e'f").is_err());
}
