//! Files in the plugins folder that are not what a plugin should be.

use orchestrator_attacks::{Scene, Setup, can_confine_commands, step};
use orchestrator_e2e::{components, guest};
use serde_json::Value;
use std::fs;

/// Why a file of the plugins folder was refused.
async fn refusal(scene: &Scene, file: &str) -> String {
    let plugins = scene.api.list("/plugins").await;
    let plugins = plugins.as_array().expect("a list");
    let plugin = plugins.iter().find(|plugin| plugin["file"] == file);
    let reason = |plugin: &Value| plugin["last_error"]["message"].as_str().map(str::to_owned);
    plugin.and_then(reason).unwrap_or_else(|| panic!("{file} was not refused: {plugins:#?}"))
}

/// Starts a server with this file among its plugins, and checks that it refuses it for a reason that has `wanted` in it.
async fn is_refused(bytes: Vec<u8>, wanted: &str) {
    let scene = Setup::new().plugin("evil.wasm", bytes).start().await;
    let reason = refusal(&scene, "evil.wasm").await;
    assert!(reason.contains(wanted), "{reason}");
    scene.unharmed().await;
}

/// An unsigned number as WebAssembly writes it.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A number, and how many bytes it takes.
fn read_leb(bytes: &[u8]) -> (usize, usize) {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (number, index + 1);
        }
    }
    panic!("the number does not end")
}

/// A section of a module or a component.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [vec![id], leb(content.len()), content.to_vec()].concat()
}

/// The sections behind the eight bytes that a module and a component begin with.
fn sections(bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let (mut rest, mut sections) = (&bytes[8..], Vec::new());
    while let Some((&id, after)) = rest.split_first() {
        let (size, read) = read_leb(after);
        sections.push((id, &after[read..read + size]));
        rest = &after[read + size..];
    }
    sections
}

/// A component of one core module with so many functions, each of which does nothing.
fn with_functions(count: usize) -> Vec<u8> {
    let body = [2, 0, 0x0b];
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[leb(count), vec![0; count]].concat()),
        section(10, &[leb(count), body.repeat(count)].concat()),
    ];
    [b"\0asm\x0d\0\x01\0".to_vec(), section(1, &module.concat())].concat()
}

/// The attacker with tables of at least so many elements.
fn with_tables_of(elements: usize) -> Vec<u8> {
    let component = guest("attacker");
    let mut bytes = component[..8].to_vec();
    for (id, content) in sections(&component) {
        let is_module = id == 1 && content.len() > 100 << 10;
        bytes.extend(section(
            id,
            &if is_module { module_with_tables_of(content, elements) } else { content.to_vec() },
        ));
    }
    bytes
}

fn module_with_tables_of(module: &[u8], elements: usize) -> Vec<u8> {
    let mut bytes = module[..8].to_vec();
    for (id, content) in sections(module) {
        // One table of function references, without a largest size.
        let table = [vec![1, 0x70, 0], leb(elements)].concat();
        bytes.extend(section(id, if id == 4 { &table } else { content }));
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_tables_beyond_the_limit_are_denied() {
    is_refused(with_tables_of(10_000_000), "table").await;
    is_refused(with_tables_of(u32::MAX as usize), "table").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_control_tables_within_the_limit_serve() {
    let scene = Setup::new().plugin("attacker.wasm", with_tables_of(90_000)).start().await;
    scene.attack(&[step::wasm("turns:1")]).await.all_done();
}

#[tokio::test(flavor = "multi_thread")]
async fn w11_component_beyond_its_size_is_refused_unread() {
    is_refused(vec![0; (64 << 20) + 1], "at most 67108864 are taken").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w11_component_of_countless_functions_is_refused_uncompiled() {
    is_refused(with_functions(1_000_000), "functions").await;
    // The control: with few of them it is another matter that it lacks what a plugin has.
    let scene = Setup::new().plugin("evil.wasm", with_functions(1000)).start().await;
    let reason = refusal(&scene, "evil.wasm").await;
    assert!(!reason.contains("functions"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w12_import_of_what_plugins_do_not_get_is_refused_by_name() {
    for import in ["wasi:keyvalue/store@0.2.0", "wasi:http/types@0.2.0", "orchestrator:plugin/root@0.1.0"] {
        let imports = [import, "wasi:clocks/monotonic-clock@0.2.0"];
        is_refused(components::importing(&imports, "orchestrator:plugin/agent-plugin@0.1.0"), import).await;
    }
}

/// What it may import and was not granted is denied when it is used, with the way to grant it.
#[tokio::test(flavor = "multi_thread")]
async fn w12_room_that_was_not_granted_is_denied() {
    let scene = Setup::new().policy("[plugin.attacker]\npermissions = [\"model\"]\n").start().await;
    let tries =
        [step::start(&["sh", "-c", "true"]), step::write("a.txt", "a"), step::read("a.txt"), step::list()];
    let report = scene.attack(&tries).await;
    let wanted = ["command", "write-files", "read-files", "read-files"];
    for (came, permission) in report.all_refused().steps.iter().zip(wanted) {
        assert!(came.refusal().contains(&format!("has no permission '{permission}'")), "{came:?}");
    }
    scene
        .attack(&[step::wasi("list", "/project", ""), step::wasi("write", "/project/a.txt", "a")])
        .await
        .all_refused();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w12_control_rooms_that_were_granted_are_open() {
    let scene = Scene::start().await;
    let tries = [step::write("a.txt", "a"), step::read("a.txt"), step::wasi("list", "/project", "")];
    scene.attack(&tries).await.all_done();
    scene.attack(&[step::wasi("write", "/project/b.txt", "b")]).await.all_done();
    if can_confine_commands() {
        scene.attack(&[step::start(&["sh", "-c", "true"])]).await.all_done();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w14_http_is_not_to_be_had() {
    let import = "wasi:http/outgoing-handler@0.2.0";
    is_refused(components::importing(&[import], "orchestrator:plugin/agent-plugin@0.1.0"), import).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w19_compiled_code_is_not_taken() {
    // What the program itself compiled is the best that somebody could craft. It compiles what is dropped in.
    drop(Setup::new().guest("echo").start().await);
    let code = compiled_code().expect("a server has compiled a plugin");
    let scene = Setup::new()
        .plugin("evil.wasm", code.clone())
        .plugin("attacker.cwasm", code)
        .plugin("native.wasm", b"\x7fELF\x02\x01\x01\0 compiled elsewhere".to_vec())
        .start()
        .await;
    for file in ["evil.wasm", "native.wasm"] {
        let reason = refusal(&scene, file).await;
        assert!(reason.contains("not a valid WebAssembly component"), "{reason}");
    }
    let plugins = scene.api.list("/plugins").await;
    assert!(!plugins.to_string().contains("attacker.cwasm"), "{plugins:#}");
    scene.unharmed().await;
}

/// Compiled code out of a cache that all tests share; the smallest, since any will do.
fn compiled_code() -> Option<Vec<u8>> {
    let program = std::env::current_exe().ok()?;
    let cache = program.ancestors().nth(2)?.join("../test-cache");
    let engines = fs::read_dir(cache).ok()?.flatten();
    let files = engines.filter_map(|engine| fs::read_dir(engine.path()).ok()).flatten().flatten();
    let codes = files.filter(|file| file.path().extension().is_some_and(|it| it == "cwasm"));
    let smallest = codes.min_by_key(|file| file.metadata().map_or(u64::MAX, |it| it.len()))?;
    fs::read(smallest.path()).ok()
}
