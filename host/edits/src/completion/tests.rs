//! A scripted model, a project on the disk, and what those who watch see.

mod frames;
mod leftover;

use super::*;
use crate::testing::{Act, Project, Recorder, Script, text};

struct Outcome {
    report: Result<WriteReport, Failure>,
    events: Vec<String>,
}

async fn run(project: &Project, stream_output: bool, acts: impl IntoIterator<Item = Act>) -> Outcome {
    let recorder = Arc::new(Recorder::default());
    let target = Target {
        workspace: Arc::clone(&project.workspace),
        events: Arc::clone(&recorder) as Arc<dyn EventSink>,
        nonce: "k3x9".into(),
        stream_output,
    };
    let report = write_completion(&mut Script::new(acts), &target).await;
    let events = recorder.take();
    check_contents(project, &events);
    Outcome { report, events }
}

/// Whatever the answer and however the step streams: the pieces since a file's beginning are the file when it is complete.
fn check_contents(project: &Project, events: &[String]) {
    for (at, path) in
        events.iter().enumerate().filter_map(|(at, event)| Some((at, event.strip_prefix("complete ")?)))
    {
        let of_file =
            |event: &String| event.split_whitespace().nth(1) == Some(path) && !event.contains(" += ");
        let begun = events[..at].iter().rposition(of_file).expect("it began");
        let pieces = events[begun..at].iter().filter_map(|event| event.strip_prefix(&format!("{path} += ")));
        let (told, is_last) = (pieces.collect::<String>(), !events[at + 1..].iter().any(of_file));
        if is_last {
            assert_eq!(
                Some(told).filter(|told| !told.is_empty()),
                project.content(path).filter(|now| !now.is_empty()),
                "{path}: {events:#?}"
            );
        }
    }
}

#[tokio::test]
async fn files_are_written_and_announced_in_order() {
    let project = Project::new(&[("b.js", "old\n"), ("c.js", "c\n"), ("d.js", "d\n")]);
    let acts = [
        Act::Think("First "),
        Act::Think("the greeting."),
        text("Two files.\n<file-k3x9 path=\"a.js\">\nlet"),
        text(" a;\n</file-"),
        text("k3x9>\n<file-k3x9 path=\"b.js\">\nlet b;\n</file-k3x9>\n<delete-k3x9 path=\"c.js\"/>\n"),
        text("<rename-k3x9 from=\"d.js\" to=\"e/d.js\"/>\nDone."),
    ];
    let outcome = run(&project, true, acts).await;
    assert_eq!(
        outcome.events,
        [
            "think First the greeting.",
            "Create a.js",
            "a.js += let a;\n",
            "complete a.js",
            "Modify b.js",
            "b.js += let b;\n",
            "complete b.js",
            "Delete c.js",
            "complete c.js",
            "Rename e/d.js",
            "e/d.js += d\n",
            "complete e/d.js",
        ]
    );
    let report = outcome.report.expect("a report");
    assert_eq!(report.prose, "Two files.\n\n\n\n\nDone.");
    assert_eq!(report.files.len(), 4);
    assert_eq!((report.end.model.as_str(), report.end.usage.output_tokens), ("script", 3));
    assert_eq!(project.files(), ["a.js", "b.js", "e/d.js"]);
    assert_eq!(project.content("a.js").as_deref(), Some("let a;\n"));
}

#[tokio::test]
async fn a_file_s_content_comes_at_once_where_the_step_does_not_stream() {
    let project = Project::new(&[]);
    let outcome = run(&project, false, [text("<file-k3x9 path=\"a.js\">\nlet a;\n</file-k3x9>")]).await;
    assert_eq!(outcome.events, ["Create a.js", "a.js += let a;\n", "complete a.js"]);
}

#[tokio::test(start_paused = true)]
async fn small_pieces_are_gathered_until_there_are_enough_or_time_has_passed() {
    let project = Project::new(&[]);
    let mut acts = vec![text("<file-k3x9 path=\"a\">\n")];
    acts.extend((0..3).map(|_| text(&"x".repeat(400))));
    acts.extend([text("y"), text("z"), Act::Pause(60), text("1"), text("\n</file-k3x9>")]);
    let outcome = run(&project, true, acts).await;
    let xs = "x".repeat(1200);
    assert_eq!(outcome.events, ["Create a", &format!("a += {xs}"), "a += yz", "a += 1\n", "complete a"]);
}

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_whole_files_and_takes_back_the_open_one() {
    let project = Project::new(&[("b", "good\n")]);
    let acts = [text("<file-k3x9 path=\"a\">\n1\n</file-k3x9>\n<file-k3x9 path=\"b\">\nhalf"), Act::Break];
    let outcome = run(&project, true, acts).await;
    assert_eq!(outcome.report.expect_err("broken").code, ErrorCode::Unavailable);
    assert_eq!(outcome.events, ["Create a", "a += 1\n", "complete a", "Modify b", "b += half", "discard b"]);
    assert_eq!(project.content("a").as_deref(), Some("1\n"));
    assert_eq!(project.content("b").as_deref(), Some("good\n"));
}

#[tokio::test]
async fn a_file_without_its_end_is_incomplete_and_left_as_it_was() {
    let project = Project::new(&[("b", "good\n")]);
    let outcome = run(&project, false, [text("<file-k3x9 path=\"b\">\nhalf")]).await;
    assert_eq!(outcome.report.expect("a report").incomplete, ["b"]);
    assert_eq!(outcome.events, ["Modify b", "discard b"]);
    assert_eq!(project.content("b").as_deref(), Some("good\n"));
}

#[tokio::test]
async fn an_answer_cut_by_the_limit_of_tokens_says_so_and_a_later_version_counts() {
    let project = Project::new(&[]);
    let acts = [
        text("<file-k3x9 path=\"a\">\n1\n</file-k3x9>\n<file-k3x9 path=\"a\">\n2\n</file-k3x9>\n"),
        text("<file-k3x9 path=\"a\">\nhalf"),
        Act::Stop(StopReason::MaxTokens),
    ];
    let outcome = run(&project, false, acts).await;
    let report = outcome.report.expect("a report");
    assert_eq!((report.incomplete, report.end.stop_reason), (vec!["a".to_owned()], StopReason::MaxTokens));
    assert_eq!(
        outcome.events,
        ["Create a", "a += 1\n", "complete a", "Modify a", "a += 2\n", "complete a", "Modify a", "discard a"]
    );
    assert_eq!(project.content("a").as_deref(), Some("2\n"));
}

#[tokio::test]
async fn a_code_block_with_a_path_is_written_and_marked() {
    let project = Project::new(&[]);
    let outcome = run(&project, true, [text("**a.js**\n```js\nlet a;\n```\nDone.")]).await;
    assert_eq!(outcome.events, ["Create a.js (inferred)", "a.js += let a;\n", "complete a.js"]);
    assert_eq!(outcome.report.expect("a report").prose, "**a.js**\nDone.");
    assert_eq!(project.content("a.js").as_deref(), Some("let a;\n"));
}

#[tokio::test]
async fn what_the_model_thinks_writes_nothing() {
    let project = Project::new(&[]);
    let thought = "<file-k3x9 path=\"a\">\n1\n</file-k3x9>";
    let outcome = run(&project, true, [Act::Think(thought), text("Done.")]).await;
    assert_eq!(outcome.events, [format!("think {thought}")]);
    assert!(outcome.report.expect("a report").files.is_empty() && project.files().is_empty());
}

#[tokio::test]
async fn a_placeholder_in_place_of_code_is_refused_and_the_code_stays() {
    let old = "one();\ntwo();\nthree();\n";
    let project = Project::new(&[("a.js", old)]);
    let lazy = "<file-k3x9 path=\"a.js\">\nzero();\n// ... rest of the code unchanged\n</file-k3x9>";
    let outcome = run(&project, false, [text(lazy)]).await;
    let report = outcome.report.expect("a report");
    assert!(
        report.refused[0].reason.starts_with("line 2, \"// ... rest of the code unchanged\""),
        "{report:?}"
    );
    assert_eq!(outcome.events, ["Modify a.js", "discard a.js"]);
    assert_eq!(project.content("a.js").as_deref(), Some(old));
}

#[tokio::test]
async fn a_file_of_data_that_is_new_or_was_sound_does_not_come_broken() {
    let old = "{\n  \"a\": 1\n}\n";
    let project = Project::new(&[("p.json", old), ("q.json", "{ broken")]);
    let answer = "<file-k3x9 path=\"p.json\">\n{\n  \"a\": 1\n  \"b\": 2\n}\n</file-k3x9>\n\
                  <file-k3x9 path=\"q.json\">\n{ still broken\n</file-k3x9>\n\
                  <file-k3x9 path=\"new.json\">\n{ broken\n</file-k3x9>\n\
                  <file-k3x9 path=\"tests/fixtures/broken.json\">\n{ broken\n</file-k3x9>\n";
    let outcome = run(&project, false, [text(answer)]).await;
    let report = outcome.report.expect("a report");
    assert_eq!(report.refused.len(), 2, "{report:?}");
    assert_eq!(
        report.refused[1].reason,
        "it is no valid JSON: key must be a string at line 1 column 3 (line 1 is `{ broken`): write the whole file again"
    );
    assert_eq!(
        report.refused[0].reason,
        "the file was valid JSON before and would not be afterwards: expected `,` or `}` at line 3 column 3 \
         (line 2 would be `  \"a\": 1`, line 3 would be `  \"b\": 2`): write the whole file again"
    );
    assert_eq!(outcome.events[..2], ["Modify p.json", "discard p.json"]);
    assert_eq!(project.content("p.json").as_deref(), Some(old));
    assert_eq!(project.content("q.json").as_deref(), Some("{ still broken\n"));
    assert_eq!(project.content("new.json"), None);
    assert_eq!(project.content("tests/fixtures/broken.json").as_deref(), Some("{ broken\n"));
}

#[tokio::test]
async fn a_tag_of_anothers_at_an_end_is_taken_off_and_the_file_is_told_again() {
    let project = Project::new(&[("b.css", "b {}\n")]);
    let answer = "<file-k3x9 path=\"a.js\">\n<content>\nlet a;\n</file-k3x9>\n\
                  <file-k3x9 path=\"b.css\">\nb {}\n</content>\n</boltArtifact>\n</file-k3x9>\n\
                  <file-k3x9 path=\"c.xml\">\n<content>\n<c/>\n</content>\n</file-k3x9>\n\
                  <file-k3x9 path=\"d.js\">\nlet d;\n</content>\n\nI made it.\n</file-k3x9>\n\
                  <file-k3x9 path=\"E.vue\">\n<file>\n<template>\n</template>\n</file>\n</file-k3x9>\n";
    let outcome = run(&project, true, [text(answer)]).await;
    assert_eq!(
        outcome.events[..5],
        ["Create a.js", "a.js += <content>\nlet a;\n", "Create a.js", "a.js += let a;\n", "complete a.js"]
    );
    let report = outcome.report.expect("a report");
    let refused: Vec<_> = report.refused.iter().map(|refusal| refusal.path.as_str()).collect();
    assert_eq!(refused, ["d.js", "E.vue"]);
    assert_eq!(project.content("a.js").as_deref(), Some("let a;\n"));
    assert_eq!(project.content("b.css").as_deref(), Some("b {}\n"));
    assert_eq!(project.content("c.xml").as_deref(), Some("<content>\n<c/>\n</content>\n"));
}

#[tokio::test]
async fn a_symlink_that_leads_out_and_a_path_that_goes_up_are_refused() {
    let project = Project::new(&[]);
    std::os::unix::fs::symlink("/tmp", project.workspace.folder().join("out")).expect("a link");
    let answer = "<file-k3x9 path=\"out/x\">\n1\n</file-k3x9>\n<file-k3x9 path=\"../x\">\n1\n</file-k3x9>\n\
                  <delete-k3x9 path=\"none\"/>\n<file-k3x9 path=\"good\">\n1\n</file-k3x9>";
    let outcome = run(&project, false, [text(answer)]).await;
    let report = outcome.report.expect("a report");
    let refused: Vec<_> = report.refused.iter().map(|refusal| refusal.path.as_str()).collect();
    assert_eq!(refused, ["out/x", "../x", "none"]);
    assert_eq!(
        outcome.events,
        ["Delete none", "discard none", "Create good", "good += 1\n", "complete good"]
    );
    assert_eq!(project.files(), ["good"]);
}

const BLOCK: &str = "**a.js**\n```js\nlet a;\n```\n";

#[tokio::test]
async fn a_code_block_never_replaces_a_file_that_is_there() {
    let project = Project::new(&[("a.js", "one();\ntwo();\n")]);
    let outcome = run(&project, true, [text(BLOCK)]).await;
    let report = outcome.report.expect("a report");
    assert_eq!((report.refused.len(), report.refused[0].path.as_str()), (1, "a.js"));
    assert!(report.refused[0].reason.contains("between tags"), "{report:?}");
    assert!(outcome.events.is_empty() && report.files.is_empty());
    assert_eq!(project.content("a.js").as_deref(), Some("one();\ntwo();\n"));
}

#[tokio::test]
async fn a_code_block_after_the_file_does_not_replace_it() {
    let project = Project::new(&[]);
    let later = "Or with two:\n\n**a.js**\n```js\nlet b;\n```\n";
    let outcome = run(&project, false, [text(BLOCK), text(later)]).await;
    let report = outcome.report.expect("a report");
    assert_eq!(outcome.events, ["Create a.js (inferred)", "a.js += let a;\n", "complete a.js"]);
    assert_eq!((report.files.len(), report.refused.len()), (1, 1));
    assert_eq!(project.content("a.js").as_deref(), Some("let a;\n"));
    // The same once more asks for nothing.
    let report = run(&project, false, [text(BLOCK)]).await.report.expect("a report");
    assert!(report.refused.is_empty() && report.files.is_empty());
}

#[tokio::test]
async fn beside_tags_a_code_block_illustrates_their_files_and_is_refused_for_others() {
    let tags = "<file-k3x9 path=\"a.js\">\nwhole();\n</file-k3x9>\n";
    for answer in [format!("{BLOCK}{tags}"), format!("{tags}{BLOCK}")] {
        let project = Project::new(&[]);
        let report = run(&project, false, [text(&answer)]).await.report.expect("a report");
        assert!(report.refused.is_empty(), "{report:?}");
        assert_eq!(project.content("a.js").as_deref(), Some("whole();\n"));
        let other = answer.replace("**a.js**", "**b.js**");
        let project = Project::new(&[]);
        let outcome = run(&project, false, [text(&other)]).await;
        let report = outcome.report.expect("a report");
        assert_eq!(report.refused.iter().map(|refusal| &refusal.path).collect::<Vec<_>>(), ["b.js"]);
        assert_eq!(project.files(), ["a.js"]);
        let begun = outcome.events.iter().filter(|event| event.starts_with("Create b.js")).count();
        let taken_back = outcome.events.iter().filter(|event| *event == "discard b.js").count();
        assert_eq!(begun, taken_back, "{:?}", outcome.events);
    }
}

#[tokio::test]
async fn a_line_in_place_of_code_is_told_by_what_is_lost_and_left_out_by_the_next_answer() {
    let old = "one();\ntwo();\nthree();\nfour();\n";
    let project = Project::new(&[("a.js", old)]);
    let write = |body: &str| text(&format!("<file-k3x9 path=\"a.js\">\n{body}</file-k3x9>"));
    let report = run(&project, false, [write("one();\n// et les autres comme avant\n")])
        .await
        .report
        .expect("a report");
    assert!(report.refused[0].reason.contains("leave that line out too"), "{report:?}");
    assert_eq!(project.content("a.js").as_deref(), Some(old));
    let report = run(&project, false, [write("one();\n")]).await.report.expect("a report");
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!(project.content("a.js").as_deref(), Some("one();\n"));
}

#[tokio::test]
async fn what_is_no_file_is_taken_back_and_leaves_the_file_as_it_was() {
    let project = Project::new(&[("a.js", "one();\ntwo();\n")]);
    let answer = "<file-k3x9 path=\"a.js\">\n</file-k3x9>\n\
                  <file-k3x9 path=\"b.js\">\n@@ -1 +1 @@\n-one();\n+three();\n</file-k3x9>\n\
                  <file-k3x9 path=\"c.js\">\n<file>\nthree();\n</file>\n</file-k3x9>\n";
    let outcome = run(&project, false, [text(answer)]).await;
    let report = outcome.report.expect("a report");
    let refused: Vec<_> = report.refused.iter().map(|refusal| refusal.path.as_str()).collect();
    assert_eq!(refused, ["a.js", "b.js", "c.js"]);
    assert_eq!(outcome.events.iter().filter(|event| event.starts_with("discard ")).count(), 3);
    assert_eq!(project.files(), ["a.js"]);
    assert_eq!(project.content("a.js").as_deref(), Some("one();\ntwo();\n"));
}

#[tokio::test]
async fn a_file_that_is_deleted_first_may_come_back_empty() {
    let project = Project::new(&[("pkg/__init__.py", "import a\n")]);
    let answer =
        "<delete-k3x9 path=\"pkg/__init__.py\"/>\n<file-k3x9 path=\"pkg/__init__.py\">\n</file-k3x9>\n";
    let report = run(&project, false, [text(answer)]).await.report.expect("a report");
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!(project.content("pkg/__init__.py").as_deref(), Some(""));
}

#[tokio::test]
async fn a_file_that_comes_just_as_it_is_is_no_change() {
    let project = Project::new(&[("a.js", "let a;\n"), ("b.js", "let b;\n")]);
    let answer =
        "<file-k3x9 path=\"a.js\">\nlet a;\n</file-k3x9>\n<file-k3x9 path=\"b.js\">\nlet c;\n</file-k3x9>\n";
    let outcome = run(&project, false, [text(answer)]).await;
    assert_eq!(
        outcome.events,
        ["Modify a.js", "discard a.js", "Modify b.js", "b.js += let c;\n", "complete b.js"]
    );
    let report = outcome.report.expect("a report");
    let paths: Vec<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((paths, report.refused), (vec!["a.js", "b.js"], Vec::new()));
}

#[tokio::test]
async fn a_file_is_not_made_beside_one_that_other_systems_take_for_it() {
    let project = Project::new(&[("src/App.js", "1\n"), ("cafe\u{301}.js", "1\n"), ("d.js", "1\n")]);
    let file = |path: &str| format!("<file-k3x9 path=\"{path}\">\n2\n</file-k3x9>\n");
    let answer = [
        file("src/app.js"),
        file("caf\u{e9}.js"),
        file("x/New.js"),
        file("x/new.js"),
        "<rename-k3x9 from=\"d.js\" to=\"src/APP.js\"/>\n<rename-k3x9 from=\"d.js\" to=\"D.js\"/>\n"
            .to_owned(),
    ]
    .concat();
    let report = run(&project, false, [text(&answer)]).await.report.expect("a report");
    let refused: Vec<&str> = report.refused.iter().map(|refused| refused.path.as_str()).collect();
    assert_eq!(refused, ["src/app.js", "x/new.js", "src/APP.js"], "{:?}", report.refused);
    assert_eq!(project.files(), ["D.js", "cafe\u{301}.js", "src/App.js", "x/New.js"]);
    assert_eq!(project.content("cafe\u{301}.js").as_deref(), Some("2\n"));
    assert_eq!(project.content("src/App.js").as_deref(), Some("1\n"));
}

#[tokio::test]
async fn a_code_block_with_the_number_of_each_line_is_no_file() {
    for mark in [" | ", ": ", "\u{2192}", "\t"] {
        let project = Project::new(&[]);
        let block = format!("**src/a.js**\n\n```js\n  4{mark}let a = 1;\n  5{mark}f(a);\n```\n");
        let report = run(&project, false, [text(&block)]).await.report.expect("a report");
        assert!(project.files().is_empty() && report.refused.len() == 1, "{block}");
        assert!(report.refused[0].reason.contains("begin with their numbers"), "{:?}", report.refused);
    }
}
