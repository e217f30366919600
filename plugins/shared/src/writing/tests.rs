use super::*;
use orchestrator_sdk::{ErrorCode, testing::Host};

fn file(path: &str) -> String {
    format!("<file-test path=\"{path}\">\ncontent of {path}\n</file-test>\n")
}

fn request() -> Request {
    Request::new("write").user("the plan")
}

fn write(host: &Host, expected: &[&str]) -> Result<Written, Error> {
    host.run(|| write_files(&request(), expected, |_| false))
}

#[test]
fn an_answer_with_all_files_is_one_completion() {
    let host = Host::new().answer(&format!("Here:\n{}{}", file("a.js"), file("b.js")));
    let written = write(&host, &["a.js", "b.js"]).unwrap();
    assert_eq!(written.files.len(), 2);
    assert_eq!(host.requests().len(), 1);
    assert_eq!(host.file("a.js").unwrap(), "content of a.js\n");
}

#[test]
fn a_file_without_its_end_is_asked_for_once_more_and_alone() {
    let cut = format!("{}<file-test path=\"b.js\">\nhalf of it", file("a.js"));
    let host = Host::new().answer_ending(&cut, StopReason::MaxTokens).answer(&file("b.js"));
    let written = write(&host, &["a.js", "b.js"]).unwrap();
    assert_eq!(written.files.len(), 2);
    let again = &host.requests()[1].messages;
    assert_eq!(again.len(), 1, "the same turn, so that the beginning stays the same");
    assert!(again[0].content.starts_with("the plan\n\n"));
    assert!(again[0].content.contains("these files are written: a.js"));
    assert!(again[0].content.contains("b.js has no end"));
}

#[test]
fn a_long_project_is_continued_as_long_as_each_answer_finishes_a_file() {
    let names = ["a", "b", "c", "d"];
    let host = names.iter().fold(Host::new(), |host, name| {
        let is_last = *name == "d";
        host.answer_ending(&file(name), if is_last { StopReason::EndTurn } else { StopReason::MaxTokens })
    });
    assert_eq!(write(&host, &names).unwrap().files.len(), 4);
}

#[test]
fn a_file_that_never_ends_is_an_error_with_its_name() {
    let half = "<file-test path=\"a.js\">\nhalf";
    let host =
        Host::new().answer_ending(half, StopReason::MaxTokens).answer_ending(half, StopReason::MaxTokens);
    let error = write(&host, &["a.js"]).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedAnswer);
    assert!(error.message.contains("a.js has no end"), "{}", error.message);
}

#[test]
fn an_answer_in_another_format_is_told_what_is_wrong() {
    let host = Host::new().answer("```js\nlet a;\n```").answer("```js\nlet a;\n```");
    let error = write(&host, &[]).unwrap_err();
    assert!(error.message.contains("held no file in the format asked for"), "{}", error.message);
    assert!(host.requests()[1].messages[0].content.contains("held no file"));
}

#[test]
fn a_planned_file_that_the_model_leaves_out_twice_is_reported_and_no_error() {
    let host = Host::new().answer(&file("a.js")).answer("There is nothing to put into b.js.");
    let written = write(&host, &["a.js", "b.js"]).unwrap();
    assert_eq!(written.missing, ["b.js"]);
}

#[test]
fn a_file_that_is_there_already_is_not_asked_for() {
    let host = Host::new().answer(&file("a.js"));
    host.run(|| write_files(&request(), &["a.js", "old.js"], |path| path == "old.js")).unwrap();
    assert_eq!(host.requests().len(), 1);
}

#[test]
fn a_model_that_declines_is_not_asked_again() {
    let host = Host::new().answer_ending("No.", StopReason::Refusal);
    assert_eq!(write(&host, &[]).unwrap_err().code, ErrorCode::Refused);
}

#[test]
fn an_answer_cut_off_between_files_is_continued_when_nobody_knows_how_many_there_should_be() {
    for limit in [StopReason::MaxTokens, StopReason::ContextWindow] {
        let host = Host::new().answer_ending(&file("a.js"), limit).answer(&file("b.js"));
        assert_eq!(write(&host, &[]).unwrap().files.len(), 2);
        assert!(host.requests()[1].messages[0].content.contains("cut off after the last file"));
    }
}

#[test]
fn a_file_that_was_begun_is_not_forgotten_when_the_next_answer_passes_over_it() {
    let cut = format!("{}<file-test path=\"b.js\">\nhalf", file("a.js"));
    let host = Host::new()
        .answer_ending(&cut, StopReason::MaxTokens)
        .answer_ending(&file("c.js"), StopReason::MaxTokens)
        .answer(&file("b.js"));
    assert_eq!(write(&host, &[]).unwrap().files.len(), 3);
    assert!(host.requests()[2].messages[0].content.contains("b.js is missing"));
}
