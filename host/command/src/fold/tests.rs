//! What a stream folds to, and that it does not matter how it was cut.

use super::*;

/// What the pieces fold to: the text, and the lines that were shown whole.
fn folded<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (String, Vec<String>) {
    let (mut fold, mut text, mut lines) = (Fold::default(), String::new(), Vec::new());
    let mut whole = |seen: Seen<'_>| match seen {
        Seen::Line(line) => lines.push(line.to_owned()),
        Seen::Overwritten(_) => {}
    };
    pieces.into_iter().for_each(|piece| fold.push(piece, &mut text, &mut whole));
    fold.finish(&mut text, &mut whole);
    (text, lines)
}

fn text(bytes: &[u8]) -> String {
    folded([bytes]).0
}

#[test]
fn what_is_overwritten_is_gone() {
    for (bytes, seen) in [
        ("plain\ntext", "plain\ntext"),
        ("one\r\ntwo\r\r\n", "one\ntwo\n"),
        (" 10%\r 50%\r100%\ndone\n", "100%\ndone\n"),
        ("[    ] disk\r[ OK ]\n", "[ OK ] disk\n"),
        ("wait |\x08/\x08-\x08 \n", "wait  \n"),
        ("loading 10%\r\x1b[Kready\n", "ready\n"),
        ("loading 10%\x1b[2K\x1b[1Gready\n", "ready\n"),
        ("loading\x1b[1K\rready\n", "ready\n"),
        ("\x1b7 10%\x1b8 99%\n", " 99%\n"),
        ("a\tb\tc\n", "a\tb\tc\n"),
        ("bell\x07 and\x00 nothing\n", "bell and nothing\n"),
    ] {
        assert_eq!(text(bytes.as_bytes()), seen, "{bytes:?}");
    }
}

#[test]
fn colours_titles_and_links_are_gone() {
    for (bytes, seen) in [
        ("\x1b[1;31merror\x1b[0m: no\n", "error: no\n"),
        ("\x1b]0;a title\x07text\n", "text\n"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\\n", "link\n"),
        ("\x1bP1$r0m\x1b\\text\x1b(B\n", "text\n"),
        ("\u{9b}31merror\u{9b}0m \u{9d}0;title\u{9c}text\n", "error text\n"),
        ("\x1b[38;5;196mwide\x1b[?25l\x1b[?25h\n", "wide\n"),
    ] {
        assert_eq!(text(bytes.as_bytes()), seen, "{bytes:?}");
    }
}

#[test]
fn a_sequence_that_was_cut_off_ends_with_its_line() {
    assert_eq!(text(b"\x1b]0;never ended\nerror: x\n"), "\nerror: x\n");
    assert_eq!(text(b"\x1b[31\nerror: x\n"), "\nerror: x\n");
    assert_eq!(text(b"\x1bPq#0;2\nerror: x\n"), "\nerror: x\n");
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(text(b"a\xFFb\xC3\x28\n"), "a\u{FFFD}b\u{FFFD}(\n");
    assert_eq!(text(b"\xE2\x82"), "\u{FFFD}");
    assert_eq!(text(b"\xC2"), "\u{FFFD}");
    assert_eq!(text("é€🦀 ¡\n".as_bytes()), "é€🦀 ¡\n");
}

#[test]
fn an_overwritten_line_that_tells_of_an_error_is_kept_once() {
    let bar: String = (0..500).map(|done| format!("\r[{done:>3}/500] building")).collect();
    let (before, after) = bar.split_at(bar.len() / 2);
    let seen = text(format!("{before}\rerror: cannot find x{after}\n").as_bytes());
    assert!(seen.starts_with("error: cannot find x\n"), "{seen}");
    assert_eq!(seen.lines().count(), 2, "{seen}");
    let frames: String = (0..500).map(|done| format!("\r{done} done, 1 failed")).collect();
    assert_eq!(text(format!("{frames}\n").as_bytes()), "0 done, 1 failed\n499 done, 1 failed\n");
    let named = "\rFAIL case1 2ms\x1b[K\rFAIL case2 3ms\x1b[K\rFAIL case2 4ms\x1b[K\rdone\x1b[K\n";
    assert_eq!(text(named.as_bytes()), "FAIL case1 2ms\nFAIL case2 3ms\ndone\n");
    assert_eq!(folded([format!("{frames}\n").as_bytes()]).1, ["499 done, 1 failed"], "read once");
}

/// What programs do before they draw the next frame: erase the lines of the last from the bottom up.
fn erased(lines: usize) -> String {
    format!("{}\x1b[G", "\x1b[2K\x1b[1A".repeat(lines) + "\x1b[2K")
}

#[test]
fn kept_lines_stand_in_the_order_in_which_they_were_written() {
    let frame = "✖ Lint\n  → Error: exit code 1\n  src/app.js:14:7\n  'total' is bad\nBuild failed\nnext\n";
    let seen = text(format!("x\n{}{frame}{}done\n", erased(1), erased(6)).as_bytes());
    let kept = "✖ Lint\n  → Error: exit code 1\n  src/app.js:14:7\n  'total' is bad\nBuild failed\n";
    assert_eq!(seen, format!("x\n{kept}done\n"));
}

#[test]
fn details_of_a_kept_line_are_kept_up_to_a_bound() {
    let details: String = (0..20).map(|line| format!("  at {line}\n")).collect();
    let seen = text(format!("x\n{}× adds\n{details}{}done\n", erased(1), erased(21)).as_bytes());
    let few: String = (0..8).map(|line| format!("  at {line}\n")).collect();
    assert_eq!(seen, format!("x\n× adds\n{few}done\n"));
    let in_place = "\x1b[2A\x1b[2K× adds\n\x1b[2K  → expected 3\n\x1b[2A\x1b[2Ka\n\x1b[2Kb\n";
    assert_eq!(text(format!("x\ny\n{in_place}").as_bytes()), "x\ny\n× adds\n  → expected 3\na\nb\n");
}

#[test]
fn a_kept_line_does_not_wait_for_what_is_written_next() {
    let (mut fold, mut out) = (Fold::default(), String::new());
    fold.push(b"error: x\r\x1b[K", &mut out, &mut |_| {});
    assert_eq!(fold.patience(), Some(FRAME_WAITS));
    fold.release(&mut out, &mut |_| {});
    assert_eq!((out.as_str(), fold.patience()), ("error: x\n", None));
}

#[test]
fn lines_that_tell_of_an_error_are_shown_before_they_are_overwritten() {
    let (mut fold, mut out, mut seen) = (Fold::default(), String::new(), Vec::new());
    let bytes = b"Tests: 1 failed, 2 passed\rTests: 2 failed, 2 passed\rDone\n";
    fold.push(bytes, &mut out, &mut |line| seen.push(format!("{line:?}")));
    let overwritten = |count| format!("Overwritten(\"Tests: {count} failed, 2 passed\")");
    assert_eq!(seen, [overwritten(1), overwritten(2), "Line(\"Dones: 2 failed, 2 passed\")".to_owned()]);
}

#[test]
fn lines_that_are_redrawn_from_above_are_folded() {
    let frame = |a: u32, b: u32| format!("\x1b[2A\x1b[2Ka {a}%\n\x1b[2Kb {b}%\n");
    let frames: String = (1..100).map(|done| frame(done, done / 2)).collect();
    // The first frame was out before anybody could know.
    assert_eq!(text(format!("a 0%\nb 0%\n{frames}end\n").as_bytes()), "a 0%\nb 0%\na 99%\nb 49%\nend\n");
    let erased = "a\nb\n\x1b[2A\x1b[Jc\n\x1b[1A\x1b[2K\x1b[1Gd\n";
    assert_eq!(text(erased.as_bytes()), "a\nb\nd\n");
    let failed = "x\n\x1b[1Aerror: no space\n\x1b[1A\x1b[2Kfine\n";
    assert_eq!(text(failed.as_bytes()), "x\nerror: no space\nfine\n");
}

#[test]
fn a_cleared_screen_stays() {
    assert_eq!(text(b"error: one\n\x1b[2J\x1b[Htwo\n"), "error: one\ntwo\n");
    assert_eq!(text(b"error: one\x1b[H\x1b[2Jtwo\n"), "error: one\ntwo\n");
}

#[test]
fn a_line_without_end_is_whole_and_costs_no_more_than_its_part() {
    let line = "x".repeat(100_000);
    assert_eq!(text(line.as_bytes()), line);
    let mut fold = Fold::default();
    let mut out = String::new();
    fold.push(line.as_bytes(), &mut out, &mut |_| {});
    assert!(out.len() >= 100_000 - row::WIDTH_MAX);
}

#[test]
fn what_waits_is_let_go_and_what_overwrites_it_is_a_line_of_its_own() {
    let (mut fold, mut out) = (Fold::default(), String::new());
    assert_eq!(fold.patience(), None);
    fold.push(b"ready on 3000", &mut out, &mut |_| {});
    assert_eq!((out.as_str(), fold.patience()), ("", Some(LINE_WAITS)));
    fold.release(&mut out, &mut |_| {});
    assert_eq!((out.as_str(), fold.patience()), ("ready on 3000", None));
    fold.push(b" now\r10%", &mut out, &mut |_| {});
    assert_eq!((out.as_str(), fold.patience()), ("ready on 3000 now\n", Some(FRAME_WAITS)));
    fold.push(b"\n", &mut out, &mut |_| {});
    assert_eq!(out, "ready on 3000 now\n10%dy on 3000 now\n");
}

/// Bytes as programs that redraw print them.
fn stream() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::prelude::*;
    let piece = prop_oneof![
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\x08".to_vec()),
        Just(b"error: ".to_vec()),
        Just(b"\x1b[2K".to_vec()),
        Just(b"\x1b[K".to_vec()),
        Just(b"\x1b[J".to_vec()),
        Just(b"\x1b[31m".to_vec()),
        Just(b"\x1b]0;t\x07".to_vec()),
        Just("\u{9b}2A".as_bytes().to_vec()),
        Just("é€🦀".as_bytes().to_vec()),
        (0..70_u8).prop_map(|count| format!("\x1b[{count}A").into_bytes()),
        (0..9000_u16).prop_map(|count| format!("\x1b[{count}C").into_bytes()),
        "[a-z 0-9]{0,20}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest::proptest! {
    #[test]
    fn how_a_stream_is_cut_does_not_matter(bytes in stream(), size in 1..9_usize) {
        proptest::prop_assert_eq!(folded(bytes.chunks(size)), folded([bytes.as_slice()]));
    }

    #[test]
    fn what_comes_out_holds_no_controls(bytes in stream()) {
        let odd = text(&bytes).chars().find(|c| c.is_control() && *c != '\n' && *c != '\t');
        proptest::prop_assert_eq!(odd, None);
    }

    #[test]
    fn plain_text_stays_as_it_is(plain in "[a-zé€🦀 \t\n]{0,300}") {
        proptest::prop_assert_eq!(text(plain.as_bytes()), plain);
    }
}
