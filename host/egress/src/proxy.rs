//! The proxy of one command: a UNIX socket, a list, and what came of it.

use crate::{
    Allow, ConnectionOutcome, EgressLimits, End, Observer, Refusal, Resolve, SystemResolver,
    dial::dial,
    relay::{Budget, Record, meters, silence},
    request::{Request, end_of_head, parse},
};
use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixListener, UnixStream},
    sync::{Notify, Semaphore},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

/// The name of the socket in its folder.
const SOCKET: &str = "egress.sock";
/// How long to wait when the system has no file descriptor left for another connection.
const BACK_OFF: Duration = Duration::from_millis(50);
/// How long a refused client may take to fetch its answer.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// A proxy that listens for one command. Its list is its own and never changes. Dropping it ends all connections and
/// removes the socket.
#[derive(Debug)]
pub struct Egress {
    socket: PathBuf,
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

/// The proxy's socket could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{doing} the socket {} of a command's network: {source}", socket.display())]
pub struct EgressError {
    /// What was being done.
    pub doing: &'static str,
    /// The socket.
    pub socket: PathBuf,
    /// Why it failed. A path of more than 107 bytes is one reason.
    pub source: io::Error,
}

struct Shared {
    allow: Allow,
    limits: EgressLimits,
    observer: Arc<dyn Observer>,
    resolver: Arc<dyn Resolve>,
    budget: Budget,
}

impl Egress {
    /// Listens in `dir`, an existing folder that is this command's alone and in which no other user may write. Only
    /// this program's user may connect; see [`Self::give_to`]. Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn listen(
        allow: Allow,
        limits: EgressLimits,
        dir: &Path,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, EgressError> {
        Self::listen_with(allow, limits, dir, observer, Arc::new(SystemResolver))
    }

    /// As [`Self::listen`], with another way to find addresses.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn listen_with(
        allow: Allow,
        limits: EgressLimits,
        dir: &Path,
        observer: Arc<dyn Observer>,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, EgressError> {
        let socket = dir.join(SOCKET);
        let failed = |doing, source| EgressError { doing, socket: socket.clone(), source };
        let listener = UnixListener::bind(&socket).map_err(|error| failed("opening", error))?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o600))
            .map_err(|error| failed("protecting", error))?;
        let budget = Budget::new(&limits);
        let shared = Arc::new(Shared { allow, limits, observer, resolver, budget });
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(run(listener, shared, Arc::clone(&stop)));
        Ok(Self { socket, stop, task })
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Lets another user connect, and that one alone: the one that the command runs as. Takes root. That user has to
    /// be able to enter the folder as well, unless the socket is shown to it elsewhere.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn give_to(&self, uid: u32) -> Result<(), EgressError> {
        chown(&self.socket, Some(uid), None).map_err(|source| EgressError {
            doing: "giving away",
            socket: self.socket.clone(),
            source,
        })
    }

    /// Ends all connections, and returns when they have ended and the observer knows.
    pub async fn close(mut self) {
        self.stop.notify_one();
        // Fails when the runtime itself is ending, which ends them as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Egress {
    fn drop(&mut self) {
        self.task.abort();
        if let Err(error) = fs::remove_file(&self.socket) {
            tracing::debug!(socket = %self.socket.display(), %error, "the socket of a command's network was gone");
        }
    }
}

/// The connections are this task's own: they end with it.
async fn run(listener: UnixListener, shared: Arc<Shared>, stop: Arc<Notify>) {
    let mut connections = JoinSet::new();
    let all = async {
        accept(&listener, &shared, &mut connections).await;
        // Nobody listens any more; those that are open go on.
        drop(listener);
        while connections.join_next().await.is_some() {}
    };
    tokio::select! {
        () = all => {}
        () = stop.notified() => {}
    }
    connections.shutdown().await;
}

/// Takes connections until there were enough.
async fn accept(listener: &UnixListener, shared: &Arc<Shared>, connections: &mut JoinSet<()>) {
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    let mut count = 0;
    while count < shared.limits.connections_total {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BACK_OFF).await;
            continue;
        };
        count += 1;
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                let shared = Arc::clone(shared);
                connections.spawn(async move {
                    serve(stream, &shared).await;
                    drop(place);
                });
            }
            Err(_) => refuse_at_once(stream, shared, Refusal::Crowded(shared.limits.connections)),
        }
    }
    let mut last = Record::new(Arc::clone(&shared.observer));
    last.connection.outcome = ConnectionOutcome::Refused(Refusal::Exhausted(count));
}

/// Answers without waiting: who opens connections faster than they are served gets no task for each.
fn refuse_at_once(stream: UnixStream, shared: &Shared, refusal: Refusal) {
    let _ = stream.try_write(&refusal.answer());
    let mut record = Record::new(Arc::clone(&shared.observer));
    record.connection.outcome = ConnectionOutcome::Refused(refusal);
}

async fn serve(mut stream: UnixStream, shared: &Shared) {
    let mut record = Record::new(Arc::clone(&shared.observer));
    match open(&mut stream, shared, &mut record).await {
        Ok((request, upstream)) => {
            let end = relay(stream, upstream, &request, shared, &record).await;
            record.connection.outcome = ConnectionOutcome::Allowed(end);
        }
        Err(refusal) => {
            // A client that does not fetch the answer has no right to hold the place.
            let _ = timeout(ANSWER_TIME, stream.write_all(&refusal.answer())).await;
            record.connection.outcome = ConnectionOutcome::Refused(refusal);
        }
    }
}

/// Reads what is asked for, decides, and connects.
async fn open(
    stream: &mut UnixStream,
    shared: &Shared,
    record: &mut Record,
) -> Result<(Request, TcpStream), Refusal> {
    let limits = &shared.limits;
    let head = timeout(limits.head_time, read_head(stream, limits.head));
    let request = parse(&head.await.map_err(|_| Refusal::HeadTooSlow)??)?;
    let endpoint = request.endpoint();
    record.connection.target = Some(endpoint.clone());
    let reach = shared.allow.reach(endpoint).ok_or_else(|| Refusal::NotAllowed(endpoint.clone()))?;
    match request {
        Request::Forward { .. } if !reach.plain => return Err(Refusal::InClear(endpoint.clone())),
        Request::Connect(_) if !reach.tunnel => return Err(Refusal::OnlyInClear(endpoint.clone())),
        _ => {}
    }
    if shared.budget.is_used_up() {
        return Err(Refusal::UsedUp);
    }
    let upstream = dial(endpoint, reach, &*shared.resolver, limits).await?;
    Ok((request, upstream))
}

async fn read_head(stream: &mut UnixStream, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while end_of_head(&head).is_none() {
        if head.len() > limit {
            return Err(Refusal::HeadTooLarge(limit));
        }
        let length = stream.read(&mut part).await.map_err(|_| Refusal::BrokenOff)?;
        if length == 0 {
            return Err(Refusal::BrokenOff);
        }
        head.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    Ok(head)
}

async fn relay(
    mut client: UnixStream,
    mut upstream: TcpStream,
    request: &Request,
    shared: &Shared,
    record: &Record,
) -> End {
    let alive = Notify::new();
    let [up, down] = meters(&shared.budget, record, &alive);
    let (mut from_client, mut to_client) = client.split();
    let (mut from_host, mut to_host) = upstream.split();
    let both = async {
        match request {
            Request::Connect(_) => {
                let opened = b"HTTP/1.1 200 Connection established\r\n\r\n";
                to_client.write_all(opened).await.map_err(|_| End::Closed)?;
                tokio::try_join!(
                    up.copy(&mut from_client, &mut to_host),
                    down.copy(&mut from_host, &mut to_client)
                )
                .map(|_| ())
            }
            Request::Forward { head, .. } => {
                up.write(head, &mut to_host).await?;
                // One request for each connection: whatever the client sends next would be a second one.
                let mut more = [0];
                tokio::select! {
                    answer = down.copy(&mut from_host, &mut to_client) => answer,
                    _ = from_client.read(&mut more) => Ok(()),
                }
            }
        }
    };
    tokio::select! {
        ended = both => ended.err().unwrap_or(End::Closed),
        end = silence(&alive, shared.limits.idle) => end,
    }
}
