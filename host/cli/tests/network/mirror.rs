//! A package mirror with one package, which counts its visitors.

use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A mirror of npm's with one package, on loopback.
pub(super) struct Mirror {
    pub(super) port: u16,
    visits: Arc<AtomicUsize>,
}

impl Mirror {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&visits);
        thread::spawn(move || {
            for connection in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || answer(connection.unwrap(), port));
            }
        });
        Self { port, visits }
    }

    pub(super) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// Answers one request. Clients that go away are no matter.
fn answer(mut connection: TcpStream, port: u16) -> Option<()> {
    let mut lines = BufReader::new(connection.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    for line in lines {
        if line.ok()?.is_empty() {
            break;
        }
    }
    let (status, body) = match path.as_str() {
        "/other" => ("200 OK", document(port)),
        "/other.tgz" => ("200 OK", package()),
        _ => ("404 Not Found", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    connection.write_all(head.as_bytes()).ok()?;
    connection.write_all(&body).ok()
}

fn document(port: u16) -> Vec<u8> {
    let tarball = format!("http://127.0.0.1:{port}/other.tgz");
    let version = json!({"name": "other", "version": "1.0.0", "dist": {"tarball": tarball}});
    json!({"name": "other", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}})
        .to_string()
        .into_bytes()
}

fn package() -> Vec<u8> {
    let manifest = json!({"name": "other", "version": "1.0.0"}).to_string();
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    archive.append_data(&mut header, "package/package.json", manifest.as_bytes()).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}
