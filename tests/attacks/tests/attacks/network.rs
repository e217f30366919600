//! Ways to other machines and to this one.

mod proxy;

use crate::wall::{nothing, refused_behind_the_wall_alone};
use orchestrator_attacks::{Came, Scene, Setup, can_confine_commands, step};
use orchestrator_e2e::soon;
use serde_json::json;
use std::{
    fs,
    net::{IpAddr, TcpListener, TcpStream, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener},
    },
};
use uuid::Uuid;

/// The machine's own address in its network, if it has one. Nothing is sent for that.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:53").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

#[tokio::test(flavor = "multi_thread")]
async fn n1_no_other_machine_is_reached() {
    if !can_confine_commands() {
        return;
    }
    if let Some(own) = own_address() {
        refused_behind_the_wall_alone("N1_other_machines.py", |_| vec![own.to_string()]).await;
        return;
    }
    println!("LEFT OUT: the control of N1: this machine is in no network itself");
    let scene = Scene::start().await;
    scene.verdict("N1_other_machines.py", &["192.0.2.1".to_owned()]).await.refused();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n2_ports_of_the_machine_are_not_reached() {
    // The listener, and the server's own API.
    refused_behind_the_wall_alone("N2_ports.py", |scene| {
        let ports = [scene.canaries.port(), scene.program.address().port()];
        ports.iter().map(|port| format!("127.0.0.1 {port}")).collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n3_other_addresses_of_the_machine_and_its_network_are_not_reached() {
    let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0"));
    let port = listener.as_ref().expect("a port is free").local_addr().expect("it is bound").port();
    refused_behind_the_wall_alone("N2_ports.py", |_| {
        let own = own_address().map_or("127.0.0.2".to_owned(), |address| address.to_string());
        vec![format!("::1 {port}"), format!("{own} {port}"), format!("0.0.0.0 {port}")]
    })
    .await;
    if can_confine_commands() {
        // Not in the open: there might be somebody.
        let scene = Scene::start().await;
        let others = ["169.254.169.254 80", "fd00:ec2::254 80", "10.0.0.1 80", "192.168.0.1 80"];
        scene.verdict("N2_ports.py", &others.map(str::to_owned)).await.refused();
        scene.unharmed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_sockets_with_a_name_are_not_reached() {
    let name = format!("attacked-{}", Uuid::now_v7().simple());
    let abstract_name = SocketAddr::from_abstract_name(&name).expect("it is short");
    let _unseen = UnixListener::bind_addr(&abstract_name).expect("the name is new");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open_to_all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(folder.path(), Clone::clone(&open_to_all)).expect("it is ours");
    let path = folder.path().join("socket");
    let _seen = UnixListener::bind(&path).expect("the path is new");
    fs::set_permissions(&path, open_to_all).expect("it is ours");
    refused_behind_the_wall_alone("N4_named_sockets.py", |_| {
        vec![format!("@{name}"), path.display().to_string()]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n5_sockets_of_virtual_machines_are_refused() {
    refused_behind_the_wall_alone("N5_virtual_machines.py", nothing).await;
}

/// Has a command serve on a port, asks from here whether it is reached, and ends it.
async fn serves_for_us(scene: &Scene) -> bool {
    let script = crate::commands::words::script("N14_own_server.py");
    let request = json!({
        "user_request": "attack", "project_id": "p", "workflow_name": "attack",
        "metadata": {"steps": [step::write("s.py", &script), step::start(&["python3", "s.py"])]},
    });
    let stream = scene.api.execute(&request).await;
    let project = scene.project();
    let port = soon("the command to serve", async {
        loop {
            if let Ok(port) = fs::read_to_string(project.join("port")) {
                return port.parse::<u16>().expect("it writes a number");
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let reached = TcpStream::connect(("127.0.0.1", port)).is_ok();
    fs::write(project.join("end"), "").expect("the data folder can be written");
    let report = orchestrator_attacks::Report::of(stream.transcript().await);
    assert!(matches!(report.last(), Came::Ended { exit_code: Some(0), .. }), "{report:?}");
    // It can talk to itself in any case.
    report.last().verdict().succeeded();
    reached
}

#[tokio::test(flavor = "multi_thread")]
async fn n14_a_server_of_a_command_is_for_the_command_alone() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    assert!(!serves_for_us(&scene).await, "it is reached from outside");
    scene.unharmed().await;
    assert!(serves_for_us(&Setup::new().in_the_open().start().await).await, "in the open it is reached");
}
