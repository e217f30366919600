//! The command line, the environment and the kernel's own settings as ways through the wall.

use super::scene::*;
use crate::{CommandLine, sandbox::Guards};
use orchestrator_core::ErrorCode;
use std::{
    fs,
    os::{
        linux::net::SocketAddrExt,
        unix::{fs::PermissionsExt, net::SocketAddr},
    },
};
use tokio::net::TcpListener;

#[tokio::test]
async fn arguments_are_arguments() {
    if !can_run() {
        return;
    }
    // C1 and C3: neither a shell nor bubblewrap reads them.
    let words = ["; id", "$(id)", "`id`", "| id", "a\nb", "--bind", "/", "/", "--", "--share-net", ""];
    let scene = Scene::new();
    let argv: Vec<_> = ["printf", "[%s]"].into_iter().chain(words).collect();
    let expected: String = words.iter().map(|word| format!("[{word}]")).collect();
    assert_eq!(scene.run(&argv).await.output, expected);
    let null = scene.commands.run(line(&["printf", "a\0--bind\0/\0/"])).await.expect_err("is refused");
    assert_eq!(null.code, ErrorCode::InvalidInput);
}

#[tokio::test]
async fn programs_come_from_the_system_or_the_project() {
    if !can_run() {
        return;
    }
    // C2
    let elsewhere = tempfile::tempdir_in("/var/tmp").expect("a folder");
    let tool = elsewhere.path().join("tool");
    fs::write(&tool, "#!/bin/sh\necho outside\n").expect("writes");
    fs::set_permissions(&tool, PermissionsExt::from_mode(0o755)).expect("sets");
    let scene = Scene::new();
    for program in [tool.to_str().expect("text"), "/bin/../var/tmp/x", "../tool", "--args", "-c"] {
        let refused = scene.commands.run(line(&[program])).await.expect_err(program);
        assert!(matches!(refused.code, ErrorCode::Denied | ErrorCode::NotFound), "{program}: {refused}");
    }
}

#[tokio::test]
async fn a_program_in_the_project_does_not_take_the_place_of_the_systems() {
    if !can_run() {
        return;
    }
    // C30
    let scene = Scene::new();
    for name in ["node", "python3", "prlimit", "sh", "bwrap"] {
        scene.write(name, "#!/bin/sh\necho planted\n");
        fs::set_permissions(scene.root().join(name), PermissionsExt::from_mode(0o755)).expect("sets");
    }
    assert_eq!(scene.python("print('real')").await.output, "real\n");
    assert_eq!(scene.run(&["./python3"]).await.output, "planted\n", "by its own name it is started, inside");
}

#[tokio::test]
async fn variables_that_steer_programs_are_refused() {
    // C4
    let names = [
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "DYLD_INSERT_LIBRARIES",
        "BASH_ENV",
        "ENV",
        "NODE_OPTIONS",
        "PYTHONSTARTUP",
        "PYTHONPATH",
        "GIT_SSH_COMMAND",
        "npm_config_script_shell",
        "HTTPS_PROXY",
        "PATH",
        "HOME",
    ];
    for name in names {
        let command = CommandLine { environment: vec![(name.into(), "/evil".into())], ..line(&["true"]) };
        assert_eq!(command.check().expect_err(name).code, ErrorCode::InvalidInput);
    }
}

#[tokio::test]
async fn a_variable_of_the_agent_is_not_one_of_bubblewraps() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    let environment = vec![("NODE_ENV".to_owned(), "--bind\n/ / $(id)".to_owned())];
    let command =
        CommandLine { environment, ..line(&["sh", "-c", "printf %s \"$NODE_ENV\"; ls -d /root 2>&1"]) };
    let output = scene.commands.run(command).await.expect("runs").output;
    assert!(output.starts_with("--bind\n/ / $(id)") && output.contains("No such file"), "{output}");
}

/// Opens the kernel's settings for writing, without writing. (C16)
const SETTINGS: &str = r"
import os
for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/vm/drop_caches', '/proc/sysrq-trigger', '/sys/kernel/mm', '/sys/fs/cgroup'):
    try: os.close(os.open(path, os.O_WRONLY)); print('open', path)
    except OSError: pass
";

#[tokio::test]
async fn the_kernels_settings_cannot_be_written() {
    if !can_run() {
        return;
    }
    assert_eq!(Scene::new().python(SETTINGS).await.output, "");
    if rustix::process::geteuid().is_root() {
        // What two guards stand before: as root, and with the settings uncovered, they are open.
        let neither = Guards { user: false, kernel_settings: false, ..Guards::ALL };
        let open = Scene::with(neither).python(SETTINGS).await.output;
        assert!(open.contains("open /proc/sys/kernel/core_pattern"), "{open}");
        let covered = Scene::with(Guards { user: false, ..Guards::ALL }).python(SETTINGS).await.output;
        assert!(!covered.contains("/proc/sys/"), "one of the two is enough: {covered}");
    }
}

#[tokio::test]
async fn printing_success_is_not_success() {
    if !can_run() {
        return;
    }
    // C32: what bubblewrap says is read from a pipe that the program does not have.
    let outcome = Scene::new()
        .sh("echo '{ \"exit-code\": 0 }'; for fd in 3 4 5 6 7 8 9; do (echo '{ \"exit-code\": 0 }' >&$fd) 2>/dev/null; \
             done; exit 5")
        .await;
    assert_eq!((outcome.exit_code, outcome.succeeded()), (Some(5), false));
}

#[tokio::test]
async fn what_a_package_runs_at_its_installation_runs_inside() {
    if !can_run() || !std::path::Path::new("/usr/bin/npm").exists() {
        return;
    }
    // C23, and C24: a hook of git's.
    let scene = Scene::new();
    scene.write(
        "package.json",
        r#"{"name": "x", "version": "1.0.0", "scripts": {"postinstall": "env; ls /root 2>&1; touch /usr/x 2>&1; echo ran > ran"}}"#,
    );
    let outcome = scene.run(&["npm", "install", "--offline", "--no-audit", "--foreground-scripts"]).await;
    assert_eq!(scene.file("ran").await, "ran", "{}", outcome.output);
    assert!(
        outcome.output.contains("/root") && outcome.output.contains("Read-only file system"),
        "{}",
        outcome.output
    );
    let own = std::env::var("PATH").expect("has one");
    assert!(!outcome.output.contains(&format!("PATH={own}")));
}

/// Tries to reach a port of the host's loopback address. (N2)
fn connect(port: u16) -> String {
    format!(
        "import socket\nfor host in ('127.0.0.1', 'localhost', '::1'):\n \
         try: socket.create_connection((host, {port}), timeout=2); print('reached')\n \
         except OSError: pass"
    )
}

#[tokio::test]
async fn the_hosts_loopback_address_is_another() {
    if !can_run() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("has one").port();
    let guarded = Scene::new().python(&connect(port)).await;
    assert_eq!((guarded.exit_code, guarded.output.as_str()), (Some(0), ""));
    let nobody = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(nobody.is_err(), "the listener was not reached");
    let open = Scene::with(Guards { network: false, ..Guards::ALL }).python(&connect(port)).await;
    assert!(open.output.contains("reached"), "{}", open.output);
}

#[tokio::test]
async fn sockets_of_the_host_by_name_are_not_there() {
    if !can_run() {
        return;
    }
    // N4: abstract ones belong to the network, others to the files.
    let name = format!("canary-{}", uuid::Uuid::now_v7());
    let address = SocketAddr::from_abstract_name(&name).expect("a name");
    let _abstract = std::os::unix::net::UnixListener::bind_addr(&address).expect("binds");
    let folder = tempfile::tempdir_in("/var/tmp").expect("a folder");
    let path = folder.path().join("socket");
    let _named = std::os::unix::net::UnixListener::bind(&path).expect("binds");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o777)).expect("sets");
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("sets");
    let program = format!(
        "import socket\nfor name in ('\\0{name}', '{}', '/run/dbus/system_bus_socket', '/var/run/docker.sock'):\n \
         try: socket.socket(socket.AF_UNIX).connect(name); print('reached', repr(name[:9]))\n \
         except OSError: pass",
        path.display()
    );
    assert_eq!(Scene::new().python(&program).await.output, "");
    let open = Scene::with(Guards { network: false, ..Guards::ALL }).python(&program).await.output;
    assert!(open.contains("canary-"), "the abstract one: {open}");
    let open = Scene::with(Guards { files: false, ..Guards::ALL }).python(&program).await.output;
    assert!(open.contains("/var/tmp"), "the one with a path: {open}");
}

#[tokio::test]
async fn there_is_no_way_to_any_other_machine() {
    if !can_run() {
        return;
    }
    // N1 and N3: documentation addresses stand for others; the cloud's metadata service is the one everybody asks for.
    let program = "import socket\n\
        for host in ('192.0.2.1', '169.254.169.254', '10.0.0.1', '2001:db8::1', 'fd00::1', 'example.com'):\n \
        try: socket.create_connection((host, 80), timeout=2); print('reached', host)\n \
        except OSError as error: print(type(error).__name__, error.errno)\n\
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
        try: udp.sendto(b'x', ('192.0.2.1', 53)); print('sent')\n\
        except OSError: print('unreachable')";
    let output = Scene::new().python(program).await.output;
    assert!(!output.contains("reached") && !output.contains("sent"), "{output}");
    assert_eq!(output.matches("OSError 101").count(), 5, "unreachable, at once: {output}");
    assert!(output.contains("gaierror") && output.ends_with("unreachable\n"), "{output}");
}

#[tokio::test]
async fn a_server_of_its_own_can_be_tested() {
    if !can_run() {
        return;
    }
    // N14
    let program = "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n\
                   client = socket.create_connection(server.getsockname())\nserver.accept()[0].sendall(b'hello')\n\
                   print(client.recv(9).decode(), server.getsockname()[1])";
    let output = Scene::new().python(program).await.output;
    assert!(output.starts_with("hello "), "{output}");
}

#[tokio::test]
async fn the_servers_own_output_is_not_at_hand() {
    if !can_run() {
        return;
    }
    // Standard streams are pipes of the command's own; nothing of the server's can be written through them.
    let output =
        Scene::new().sh("ls -l /proc/self/fd | grep -v pipe: | grep -v /dev/null | grep -c -- '->'").await;
    // `ls` itself has the folder open.
    assert_eq!(output.output.trim(), "1");
}
