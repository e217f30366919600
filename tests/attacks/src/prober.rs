//! Asks a server for its health all through an attack.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Between two questions. Well below the share of requests that one caller has.
const PAUSE: Duration = Duration::from_millis(40);
/// After this, a question counts as not answered.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the questions came to.
#[derive(Debug, Clone, Default)]
pub struct Health {
    /// How many were asked.
    pub asked: usize,
    /// The longest that an answer took.
    pub worst: Duration,
    /// What was answered other than 200.
    pub unwell: Vec<String>,
}

/// A thread that asks until it is stopped.
#[derive(Debug)]
pub struct Prober {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Health>>,
}

impl Prober {
    /// Begins to ask the server at this address.
    #[must_use]
    pub fn start(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut health = Health::default();
            while !stopped.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let answer = ask(address).unwrap_or_else(|error| error.to_string());
                health.worst = health.worst.max(begin.elapsed());
                health.asked += 1;
                if !answer.starts_with("HTTP/1.1 200 ") {
                    health.unwell.push(answer);
                }
                thread::sleep(PAUSE);
            }
            health
        });
        Self { stop, thread: Some(thread) }
    }

    /// Stops asking.
    ///
    /// # Panics
    /// When the thread did.
    #[must_use]
    pub fn stop(mut self) -> Health {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("a prober is stopped once");
        thread.join().expect("the prober asks until it is stopped")
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let host = format!("Host: localhost:{}\r\nConnection: close\r\n\r\n", address.port());
    write!(connection, "GET /api/v1/orchestrator/health HTTP/1.1\r\n{host}")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}
