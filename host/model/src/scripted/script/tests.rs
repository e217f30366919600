use super::*;

fn problem(text: &str) -> String {
    Script::parse(text, "s.toml", None).unwrap_err().problem
}

#[test]
fn the_built_in_script_passes_every_check() {
    assert!(!Script::built_in().unwrap().replies.is_empty());
}

#[test]
fn what_people_should_know_of_a_script_is_one_line() {
    let script = "notice = '''\nIt ends\n  badly.\n'''\n[[reply]]\nagent = 'a'\ntext = ''";
    assert_eq!(Script::parse(script, "s.toml", None).unwrap().notice, "It ends badly.");
    assert_eq!(Script::parse("[[reply]]\nagent = 'a'\ntext = ''", "s.toml", None).unwrap().notice, "");
    assert!(Script::built_in().unwrap().notice.contains("quick_iteration"));
}

/// The names that the first plan of a script has, in the order of the alphabet.
fn names_of_the_plan(script: &Script) -> Vec<String> {
    let plan = script.replies.iter().find(|reply| reply.agent.as_str() == "planner").unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan.text).unwrap();
    let mut names: Vec<_> = plan.as_object().unwrap().keys().cloned().collect();
    names.sort_unstable();
    names
}

#[test]
fn the_example_of_the_documentation_passes_every_check() {
    let page = include_str!("../../../../../docs/scripted-model.md");
    let examples: Vec<_> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("replies")).unwrap();
    std::fs::write(folder.path().join("replies/app.txt"), "text").unwrap();
    for example in examples {
        let script = Script::parse(example, "scripted-model.md", Some(folder.path())).unwrap();
        // The planner takes the plan of the built-in script, which is run elsewhere.
        assert_eq!(names_of_the_plan(&script), names_of_the_plan(&Script::built_in().unwrap()));
    }
}

#[test]
fn defaults_of_the_script_hold_until_a_reply_says_otherwise() {
    let text = "delay_ms = 0\nchunk_chars = 5\n[[reply]]\nagent = 'a'\ntext = 'x'\n[[reply]]\nagent = 'b'\ntext = \
                'y'\ndelay_ms = 3\nstop_reason = 'max_tokens'\n";
    let replies = Script::parse(text, "s.toml", None).unwrap().replies;
    assert_eq!((replies[0].delay, replies[0].chunk_chars), (Duration::ZERO, 5));
    assert_eq!(
        (replies[1].delay, &replies[1].end),
        (Duration::from_millis(3), &End::Whole(StopReason::MaxTokens))
    );
}

#[test]
fn every_mistake_names_entry_and_field() {
    insta::assert_snapshot!(problem(""), @"there is no [[reply]]: add at least one");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'"), @"[[reply]] 1 (agent 'a'): nothing to reply: give text, text_file, error or hold");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\ntext=''\ncall=0"), @"[[reply]] 1 (agent 'a'): call is 0; calls are counted from 1");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\ntext=''\nchunk_chars=0"), @"[[reply]] 1 (agent 'a'): chunk_chars is 0; give at least 1");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\ntext=''\ntext_file='b'"), @"[[reply]] 1 (agent 'a'): text and text_file are both given; keep one");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\nhold=true\nerror={code='unavailable'}"), @"[[reply]] 1 (agent 'a'): error and hold are both given; keep one");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\nhold=true\nstop_reason='end_turn'"), @"[[reply]] 1 (agent 'a'): hold and stop_reason are both given; a held answer never stops");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\ntext_file='x.txt'"), @"[[reply]] 1 (agent 'a'): text_file 'x.txt': the built-in script has no folder; use text");
    insta::assert_snapshot!(problem("[[reply]]\nagent='a'\ntext=''\n[[reply]]\nagent='a'\ntext=''"), @"[[reply]] 2 (agent 'a'): it is for the same calls as [[reply]] 1: give it another attempt, round or call");
}

#[test]
fn misspelt_fields_and_wrong_values_are_named_with_their_line() {
    for (text, words) in [
        ("[[reply]]\nagent='a'\ntxt='x'", "txt"),
        ("[[reply]]\nagent='../a'\ntext='x'", "agent"),
        ("[[reply]]\nagent='a'\nerror={code='busy'}", "busy"),
        ("[[reply]]\nagent='a'\ntext='x'\nstop_reason='done'", "done"),
        ("[[reply]]\ntext='x'", "agent"),
        ("[[repli]]\nagent='a'", "repli"),
    ] {
        let problem = problem(text);
        assert!(problem.contains("line") && problem.contains(words), "{problem}");
    }
}

#[test]
fn text_files_are_found_beside_the_script_and_only_relative_to_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "from a file").unwrap();
    let script = folder.path().join("s.toml");
    let load = |name: &str| {
        std::fs::write(&script, format!("[[reply]]\nagent = 'a'\ntext_file = '{name}'\n")).unwrap();
        Script::load(&script)
    };
    assert_eq!(load("a.txt").unwrap().replies[0].text, "from a file");
    assert!(load("b.txt").unwrap_err().problem.contains("text_file 'b.txt': it cannot be read"));
    assert!(load("/etc/hostname").unwrap_err().problem.contains("relative"));
    assert!(Script::load(Path::new("/nowhere.toml")).unwrap_err().problem.contains("cannot be read"));
}
