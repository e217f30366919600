//! Bytes between loopback and the proxy's socket.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{Builder, sleep},
    time::Duration,
};

/// Connections that are carried at the same time; more wait to be taken. Each has two threads, which count among the
/// processes that the command may have.
const AT_ONCE: usize = 32;
/// A thread copies one buffer and calls nothing deep; its stack counts as the command's memory.
const STACK: usize = 64 << 10;
const BUFFER: usize = 16 << 10;
const BACK_OFF: Duration = Duration::from_millis(20);

/// Takes connections until the process ends.
pub(super) fn start(listener: TcpListener, socket: PathBuf) -> io::Result<()> {
    let take = move || {
        let lanes = Arc::new(Lanes::default());
        loop {
            let lane = Lanes::take(&lanes);
            match listener.accept() {
                Ok((client, _)) => carry(client, &socket, lane),
                Err(_) => sleep(BACK_OFF),
            }
        }
    };
    thread(take)
}

fn thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().stack_size(STACK).spawn(work).map(drop)
}

/// Carries one connection. What fails ends the connection, and the client sees that; there is no one else to tell.
fn carry(client: TcpStream, socket: &Path, lane: Lane) {
    let _ = try_carry(client, socket, lane);
}

fn try_carry(client: TcpStream, socket: &Path, lane: Lane) -> io::Result<()> {
    let proxy = UnixStream::connect(socket)?;
    let (client_too, proxy_too) = (client.try_clone()?, proxy.try_clone()?);
    let lane = Arc::new(lane);
    let lane_too = Arc::clone(&lane);
    thread(move || {
        copy(&client_too, &proxy_too);
        // The answer to a half-closed connection is still to come.
        let _ = proxy_too.shutdown(Shutdown::Write);
        drop(lane_too);
    })?;
    thread(move || {
        copy(&proxy, &client);
        // The proxy has spoken last: whatever the client still says is for nobody.
        let _ = client.shutdown(Shutdown::Both);
        let _ = proxy.shutdown(Shutdown::Both);
        drop(lane);
    })
}

fn copy(mut from: impl Read, mut to: impl Write) {
    let mut buffer = [0; BUFFER];
    loop {
        match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if to.write_all(buffer.get(..length).unwrap_or_default()).is_err() {
                    return;
                }
            }
        }
    }
}

/// How many connections are carried.
#[derive(Default)]
struct Lanes {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// Room for one connection.
struct Lane(Arc<Lanes>);

impl Lanes {
    fn take(lanes: &Arc<Self>) -> Lane {
        let taken = lanes.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = lanes.freed.wait_while(taken, |taken| *taken >= AT_ONCE);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        Lane(Arc::clone(lanes))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}
