//! What is asked of this machine: variables, files, programs, names and pages. A trait, so that tests have machines of
//! their own.

use crate::{Endpoint, Resolve, SystemResolver, request};
use async_trait::async_trait;
use reqwest::{Client, StatusCode, Url, header::ACCEPT};
use std::{env, fs, io, net::IpAddr, path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    process::Command,
    time::timeout,
};

/// Time for a client's answer.
const CLIENT_TIME: Duration = Duration::from_secs(30);
/// Time for one page.
const PAGE_TIME: Duration = Duration::from_secs(15);
/// Bytes of one page that are read.
const PAGE_MAX: usize = 8 << 20;

/// A page of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Where it is, after redirections.
    pub(super) url: Url,
    pub(super) text: String,
}

/// One machine.
#[async_trait]
pub(super) trait World: Send + Sync {
    /// All variables, by name.
    fn variables(&self) -> Vec<(String, String)>;

    /// The text of a file; none when there is no such file.
    fn read(&self, path: &Path) -> io::Result<Option<String>>;

    /// What a client prints.
    async fn output(&self, command: &[&str], environment: &[(&str, &str)]) -> Result<String, String>;

    /// The host that a client wants to connect to, by a proxy whose address is put into the variable `proxy`. It gets
    /// no connection.
    async fn first_host(
        &self,
        command: &[&str],
        environment: &[(&str, &str)],
        proxy: &str,
    ) -> Result<Endpoint, String>;

    /// The addresses of a name.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;

    /// A page; none when there is no such page.
    async fn fetch(&self, url: Url, accept: &str) -> Result<Option<Page>, String>;

    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<String> {
        let found = self.variables().into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value).filter(|value| !value.is_empty())
    }
}

/// This machine.
pub(super) struct Machine;

#[async_trait]
impl World for Machine {
    fn variables(&self) -> Vec<(String, String)> {
        // What is no Unicode names no registry.
        env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Option<String>> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn output(&self, command: &[&str], environment: &[(&str, &str)]) -> Result<String, String> {
        let mut client = client(command, environment)?;
        let output = timeout(CLIENT_TIME, client.output()).await;
        let output =
            output.map_err(|_| "it did not end in time".to_owned())?.map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("{} ended with {}", command.join(" "), output.status)),
        }
    }

    async fn first_host(
        &self,
        command: &[&str],
        environment: &[(&str, &str)],
        proxy: &str,
    ) -> Result<Endpoint, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let mut client = client(command, environment)?;
        client.env(proxy, format!("http://{address}"));
        let mut running = client.spawn().map_err(|error| error.to_string())?;
        let asked = tokio::select! {
            asked = timeout(CLIENT_TIME, asked_of(&listener)) => asked.map_err(|_| "it asked for nothing in time".to_owned())?,
            ended = running.wait() => match ended {
                Ok(status) => Err(format!("{} ended with {status} and asked for no host", command.join(" "))),
                Err(error) => Err(error.to_string()),
            },
        };
        let _ = running.kill().await;
        asked
    }

    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        SystemResolver.resolve(name).await
    }

    async fn fetch(&self, url: Url, accept: &str) -> Result<Option<Page>, String> {
        // The address may hold a password.
        let told = |error: reqwest::Error| error.without_url().to_string();
        let client = Client::builder().timeout(PAGE_TIME).build().map_err(told)?;
        let mut response = client.get(url).header(ACCEPT, accept).send().await.map_err(told)?;
        if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(None);
        }
        response.error_for_status_ref().map_err(told)?;
        let url = response.url().clone();
        let mut bytes = Vec::new();
        while let Some(part) = response.chunk().await.map_err(told)? {
            bytes.extend_from_slice(&part);
            if bytes.len() > PAGE_MAX {
                return Err(format!("it has more than {PAGE_MAX} bytes"));
            }
        }
        Ok(Some(Page { url, text: String::from_utf8_lossy(&bytes).into_owned() }))
    }
}

/// A client, to be started in the root folder. Clients look for settings of projects where they are and above, and a
/// folder for temporary files is below one where every user may put some.
fn client(command: &[&str], environment: &[(&str, &str)]) -> Result<Command, String> {
    let (program, arguments) = command.split_first().ok_or("there is no client to ask")?;
    let mut client = Command::new(program);
    client.args(arguments).envs(environment.iter().copied()).current_dir("/");
    client.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    Ok(client)
}

/// What the first request asks for.
async fn asked_of(listener: &TcpListener) -> Result<Endpoint, String> {
    let (mut stream, _) = listener.accept().await.map_err(|error| error.to_string())?;
    let (mut head, mut part) = (Vec::new(), [0; 1024]);
    while request::end_of_head(&head).is_none() && head.len() < PAGE_MAX {
        let length = stream.read(&mut part).await.map_err(|error| error.to_string())?;
        if length == 0 {
            break;
        }
        head.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    let _ =
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
    let request = request::parse(&head).map_err(|refusal| refusal.to_string())?;
    Ok(request.endpoint().clone())
}
