//! Servers to compare with: axum with nothing of ours around it.

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::post,
    serve::ListenerExt as _,
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use reqwest::Client;
use rusqlite::Connection;
use std::{
    convert::Infallible,
    fs,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::net::TcpListener;

/// Serves on a free port and says which.
async fn serve(app: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listening")?;
    println!("Listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|connection| {
        connection.set_nodelay(true).ok();
    });
    Ok(axum::serve(listener, app).await?)
}

fn events(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// Asks a model.
#[derive(Clone)]
struct Asking {
    client: Client,
    model: Arc<str>,
    bodies: Arc<[String]>,
}

/// A server that sends each of the bodies in a file (a JSON list) to the model, one after the other, and passes the
/// answers on as they come.
pub(crate) async fn pass_through(model: &str, bodies: &str) -> Result<()> {
    let bodies: Vec<String> = serde_json::from_slice(&fs::read(bodies)?)?;
    let client = Client::builder().no_proxy().build()?;
    let model = format!("{model}/v1/messages").into();
    let asking = Asking { client, model, bodies: bodies.into() };
    let execute = async |State(asking): State<Asking>, _: Bytes| events(Body::from_stream(answers(asking)));
    serve(Router::new().route("/execute", post(execute)).with_state(asking)).await
}

fn answers(asking: Asking) -> impl Stream<Item = reqwest::Result<Bytes>> {
    let count = asking.bodies.len();
    stream::iter(0..count)
        .then(move |call| {
            let Asking { client, model, bodies } = asking.clone();
            async move {
                let body = bodies.get(call).cloned().unwrap_or_default();
                let request = client.post(&*model).header(header::CONTENT_TYPE, "application/json");
                Ok(request.body(body).send().await?.bytes_stream())
            }
        })
        .try_flatten()
}

/// A server that commits one row for each request and then answers with a stream of one event. It waits for the disk no
/// more than the journal does.
pub(crate) async fn commit(file: &str) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch("CREATE TABLE runs (number INTEGER PRIMARY KEY, request TEXT NOT NULL)")?;
    let connection = Arc::new(Mutex::new(connection));
    let execute = async |State(connection): State<Arc<Mutex<Connection>>>, body: String| {
        let insert = move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            connection
                .prepare_cached("INSERT INTO runs (request) VALUES (?1)")
                .and_then(|mut insert| insert.execute([body]))
        };
        match tokio::task::spawn_blocking(insert).await {
            Ok(Ok(_)) => {
                let event = Ok::<_, Infallible>(Bytes::from_static(b"data: {}\n\n"));
                events(Body::from_stream(stream::iter([event])))
            }
            _ => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    serve(Router::new().route("/execute", post(execute)).with_state(connection)).await
}
