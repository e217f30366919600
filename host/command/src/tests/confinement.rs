use super::*;
use orchestrator_core::ErrorCode;
use std::os::{
    fd::AsRawFd,
    unix::fs::{PermissionsExt, symlink},
};

fn variables(output: &str) -> Vec<&str> {
    output.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect()
}

#[tokio::test]
async fn secrets_of_the_server_are_not_in_the_environment() {
    let secrets = [
        ("ANTHROPIC_API_KEY", "sk-canary"),
        ("NPM_TOKEN", "canary"),
        ("PIP_INDEX_URL", "https://a:canary@b/"),
    ];
    let plain = [("PIP_CERT", "/etc/ca.pem"), ("npm_config_registry", "https://packages.example/")];
    let inherited = secrets.iter().chain(&plain).map(|&(name, value)| (name.into(), value.into())).collect();
    let scene = Scene::with(PlainLauncher::with(SearchPath::of_process(), inherited), Collector::default());
    let line = CommandLine { environment: vec![("NODE_ENV".into(), "test".into())], ..argv(&["env"]) };
    let outcome = scene.run(line).await;
    assert!(!outcome.output.contains("canary"), "{}", outcome.output);
    let mut names = variables(&outcome.output);
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "CI",
            "HOME",
            "LANG",
            "NODE_ENV",
            "NO_COLOR",
            "ORCHESTRATOR_COMMAND",
            "PATH",
            "PIP_CERT",
            "TERM",
            "TMPDIR",
            "npm_config_registry"
        ]
    );
    assert!(!format!("{:?}", scene.events.stages()).contains("canary"));
}

#[tokio::test]
async fn home_is_fresh_and_gone_afterwards() {
    let scene = Scene::new();
    let outcome = scene.run(sh("ls -A \"$HOME\"; touch \"$HOME/.npmrc\"; printf %s \"$HOME\"")).await;
    let home = Path::new(&outcome.output);
    assert!(home.is_absolute() && !home.exists(), "{}", outcome.output);
}

#[tokio::test]
async fn arguments_reach_the_program_as_they_are() {
    let scene = Scene::new();
    let outcome = scene.run(argv(&["printf", "[%s]", "; id", "$(id)", "a b", "`id`", ""])).await;
    assert_eq!(outcome.output, "[; id][$(id)][a b][`id`][]");
}

#[tokio::test]
async fn a_directory_below_the_root_is_where_it_starts() {
    let scene = Scene::new();
    fs::create_dir_all(scene.root().join("web/app")).expect("creates");
    symlink("web/app", scene.root().join("link")).expect("links");
    let root = scene.root().canonicalize().expect("is there");
    for directory in ["web/app", "link", "web/../link"] {
        let line = CommandLine { directory: Some(directory.into()), ..argv(&["pwd", "-P"]) };
        assert_eq!(Path::new(scene.run(line).await.output.trim()), root.join("web/app"));
    }
    let nowhere = CommandLine { directory: Some("nowhere".into()), ..argv(&["pwd"]) };
    assert_eq!(scene.commands.run(nowhere).await.expect_err("is missing").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_directory_outside_is_refused_by_whichever_way() {
    let scene = Scene::new();
    symlink("/etc", scene.root().join("absolute")).expect("links");
    symlink("..", scene.root().join("upward")).expect("links");
    symlink("/proc/self/root", scene.root().join("proc")).expect("links");
    for directory in ["..", "/etc", "absolute", "upward", "proc", "a/../../..", "upward/upward"] {
        let line = CommandLine { directory: Some(directory.into()), ..argv(&["pwd"]) };
        let failure = scene.commands.run(line).await.expect_err(directory);
        assert!(matches!(failure.code, ErrorCode::Denied | ErrorCode::NotFound), "{directory}: {failure:?}");
    }
    assert!(scene.events.stages().is_empty(), "nothing was started");
}

#[tokio::test]
async fn a_program_that_is_missing_says_where_it_was_looked_for_and_what_to_install() {
    let launcher = PlainLauncher::new().with_search_path(vec!["/nowhere/bin".into(), "relative".into()]);
    let scene = Scene::with(launcher, Collector::default());
    let failure = scene.commands.run(argv(&["npm", "test"])).await.expect_err("is missing");
    assert_eq!(failure.code, ErrorCode::NotFound);
    assert!(failure.message.contains("(/nowhere/bin)") && failure.message.contains("Node.js"), "{failure}");
    assert!(!scene.commands.is_available("npm"));
    let scene = Scene::new();
    assert!(scene.commands.is_available("sh"));
    for program in ["", "/bin/sh", "./sh", "..", "no-such-program", "sh\0"] {
        assert!(!scene.commands.is_available(program), "{program:?}");
    }
}

#[tokio::test]
async fn a_program_of_the_project_runs_and_one_from_elsewhere_does_not() {
    let scene = Scene::new();
    let tool = scene.root().join("bin/tool");
    fs::create_dir(scene.root().join("bin")).expect("creates");
    fs::write(&tool, "#!/bin/sh\necho here\n").expect("writes");
    let refused = scene.commands.run(argv(&["bin/tool"])).await.expect_err("is not executable");
    assert_eq!(refused.code, ErrorCode::InvalidInput, "{refused}");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("sets");
    assert_eq!(scene.run(argv(&["bin/tool"])).await.output, "here\n");
    let inside = CommandLine { directory: Some("bin".into()), ..argv(&["./tool"]) };
    assert_eq!(scene.run(inside).await.output, "here\n");
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::copy(&tool, elsewhere.path().join("tool")).expect("copies");
    symlink(elsewhere.path(), scene.root().join("out")).expect("links");
    let absolute = elsewhere.path().join("tool").display().to_string();
    for program in [absolute.as_str(), "out/tool", "../tool"] {
        let failure = scene.commands.run(argv(&[program])).await.expect_err(program);
        assert_eq!(failure.code, ErrorCode::Denied, "{program}: {failure}");
    }
}

#[tokio::test]
async fn an_open_file_of_the_server_is_not_inherited() {
    let scene = Scene::new();
    let canary = fs::File::open("/etc").expect("opens");
    // As if the server's own parent had left it open.
    let inherited = rustix::io::fcntl_dupfd_cloexec(&canary, 100).expect("duplicates");
    rustix::io::fcntl_setfd(&inherited, rustix::io::FdFlags::empty()).expect("sets");
    let outcome = scene.run(sh("ls /proc/self/fd")).await;
    let numbers: Vec<i32> =
        outcome.output.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    assert!(!numbers.contains(&inherited.as_raw_fd()), "{numbers:?}");
    assert!(numbers.iter().all(|number| *number <= 3), "0 to 2, and the one that ls reads by: {numbers:?}");
}

#[tokio::test]
async fn set_user_id_programs_give_no_rights() {
    let outcome = Scene::new().run(sh("grep NoNewPrivs /proc/self/status; ulimit -c")).await;
    assert_eq!(outcome.output, "NoNewPrivs:\t1\n0\n");
}

#[tokio::test]
async fn standard_input_is_closed() {
    let outcome = Scene::new().run(sh("cat; echo end")).await;
    assert_eq!((outcome.output.as_str(), outcome.exit_code), ("end\n", Some(0)));
}
