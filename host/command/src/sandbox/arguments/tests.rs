use super::*;

fn layout() -> Layout {
    Layout {
        merged: vec![("/bin".into(), Some("usr/bin".into())), ("/lib64".into(), None)],
        toolchains: vec!["/opt/tools".into()],
    }
}

fn shown(guards: Guards) -> String {
    let layout = layout();
    let limits = CommandLimits::default();
    let plan = Plan {
        guards,
        layout: &layout,
        limits: &limits,
        project: (Path::new("/srv/projects/todo"), Source::Open(7)),
        directory: "/srv/projects/todo/web".into(),
        environment: vec![("PATH".into(), "/usr/bin".into()), ("NODE_ENV".into(), "--bind / /".into())],
        helper: Some(Source::Path("/tmp/stage/helper".into())),
        shown: vec![("/home/agent/.client/settings".into(), 17)],
        network: Some(["proxy", "bridge"].map(|name| Source::Path(Path::new("/tmp/stage").join(name)))),
        filters: [8, 9],
        status: 10,
        accounts: [11, 12],
    };
    let arguments = String::from_utf8(of(&plan)).expect("text");
    arguments.replace("\0--", "\n--").replace('\0', "|")
}

#[test]
fn the_whole_wall() {
    insta::assert_snapshot!(shown(Guards::ALL));
}

#[test]
fn the_command_comes_last_and_unchanged() {
    let arguments = ["--bind".to_owned(), "/".to_owned(), "$(id); `id`".to_owned(), String::new()];
    let command =
        command(&CommandLimits::default(), Guards::ALL, Vec::new(), Path::new("/usr/bin/npm"), &arguments);
    let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
    assert_eq!(
        words,
        ["/usr/bin/prlimit", "--nproc=256:256", "--", "/usr/bin/npm", "--bind", "/", "$(id); `id`", ""]
    );
}
