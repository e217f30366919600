//! A proxy, the hosts behind it, and a client before it.

#![allow(dead_code, reason = "each test program uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use async_trait::async_trait;
use orchestrator_egress::{Allow, Connection, Egress, EgressLimits, Endpoint, Entry, Reach, Resolve};
use std::{
    collections::BTreeMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UnixStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

/// How long something that must happen may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A host on loopback that counts who comes, and gives back what it is sent.
pub(crate) struct Host {
    pub(crate) port: u16,
    pub(crate) visits: Arc<AtomicUsize>,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        Self { port, visits }
    }

    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// Answers with what it was given, one list for each time that it is asked; the last is repeated.
#[derive(Default)]
pub(crate) struct Names {
    answers: Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>,
    pub(crate) asked: AtomicUsize,
}

impl Names {
    pub(crate) fn of(name: &str, answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect());
        let answers = Mutex::new(BTreeMap::from([(name.to_owned(), answers.collect())]));
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// An entry whose name may lead to loopback, as a configured mirror's may.
pub(crate) fn near(endpoint: String) -> Entry {
    let endpoint = Endpoint::parse(&endpoint).unwrap();
    Entry {
        endpoint,
        reach: Reach { tunnel: true, plain: false, internal: vec!["127.0.0.1".parse().unwrap()] },
    }
}

/// An entry for the internet.
pub(crate) fn far(endpoint: String) -> Entry {
    Endpoint::parse(&endpoint).unwrap().into()
}

pub(crate) struct Proxy {
    pub(crate) egress: Egress,
    ended: UnboundedReceiver<Connection>,
    pub(crate) dir: TempDir,
}

impl Proxy {
    pub(crate) fn start(allow: Allow, limits: EgressLimits, names: Arc<Names>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (tell, ended) = unbounded_channel();
        let observer = Arc::new(move |connection: &Connection| drop(tell.send(connection.clone())));
        let egress = Egress::listen_with(allow, limits, dir.path(), observer, names).unwrap();
        Self { egress, ended, dir }
    }

    /// One host named `allowed.example` on loopback, and a proxy that lets through to it.
    pub(crate) async fn to_one_host(limits: EgressLimits) -> (Self, Host) {
        let host = Host::start().await;
        let allow = Allow::new(near(format!("allowed.example:{}", host.port)));
        (Self::start(allow, limits, Names::of("allowed.example", &[&["127.0.0.1"]])), host)
    }

    pub(crate) async fn open(&self) -> UnixStream {
        UnixStream::connect(self.egress.socket()).await.unwrap()
    }

    /// Sends bytes and reads what is answered until the end.
    pub(crate) async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.open().await;
        stream.write_all(bytes).await.unwrap();
        rest(&mut stream).await
    }

    /// The first line of the answer to `CONNECT`, with the connection.
    pub(crate) async fn connect(&self, target: &str) -> (String, UnixStream) {
        let mut stream = self.open().await;
        stream.write_all(format!("CONNECT {target} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = timeout(PATIENCE, stream.read_u8()).await.unwrap();
            head.push(byte.unwrap());
        }
        (String::from_utf8(head).unwrap().lines().next().unwrap().to_owned(), stream)
    }

    /// The next connection that ended.
    pub(crate) async fn ended(&mut self) -> Connection {
        timeout(PATIENCE, self.ended.recv()).await.unwrap().unwrap()
    }
}

/// What comes until the end, also when that end is a broken connection.
pub(crate) async fn rest(stream: &mut UnixStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
