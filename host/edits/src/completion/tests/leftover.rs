//! What comes with a file, or after it, and is none of its lines.

use super::*;

#[tokio::test]
async fn a_part_of_a_file_that_came_whole_before_does_not_take_its_place() {
    let whole = "import x from \"x\";\n\nexport function b() {\n  return x(2);\n}\n\nexport function c() {\n  return x(3);\n}\n";
    let part = "export function c() {\n  return x(3);\n}\n";
    let file = |text: &str| format!("<file-k3x9 path=\"src/b.js\">\n{text}</file-k3x9>\n");
    for before in [&[][..], &[("src/b.js", "let old;\n")], &[("src/b.js", whole)]] {
        let project = Project::new(before);
        let answer = format!("{}\nTo recap:\n\n{}", file(whole), file(part));
        let report = run(&project, true, [text(&answer)]).await.report.expect("a report");
        assert_eq!(project.content("src/b.js").as_deref(), Some(whole));
        assert!(
            report.refused.len() == 1 && report.refused[0].reason.contains("a part of it"),
            "{:?}",
            report.refused
        );
    }
    // The whole one counts where it comes later, and a new version is one.
    for later in [whole.to_owned(), whole.replace("x(2)", "x(4)"), whole.replace("  return x(2);\n", "")] {
        let project = Project::new(&[]);
        let first = if later == whole { part } else { whole };
        let report = run(&project, true, [text(&format!("{}{}", file(first), file(&later)))])
            .await
            .report
            .expect("a report");
        assert_eq!((project.content("src/b.js"), report.refused.len()), (Some(later), 0));
    }
}

#[tokio::test]
async fn what_ends_a_call_behind_a_file_is_not_written() {
    for end in ["</content>\n<parameter name=\"i\">x</parameter>\n", "*** End Patch\n", "<|im_end|>\n"] {
        let project = Project::new(&[]);
        let answer = format!("<file-k3x9 path=\"t.js\">\nlet t = 1;\n{end}</file-k3x9>\n");
        let report = run(&project, false, [text(&answer)]).await.report.expect("a report");
        assert!(project.files().is_empty() && report.refused.len() == 1, "{end:?}: {:?}", report.refused);
    }
}
