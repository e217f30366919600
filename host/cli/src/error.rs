//! Why the program ended without doing what it was asked, as one sentence with the way out.

use crate::{address, client::ClientError, patch::error::FolderError, settings::SettingsError};
use orchestrator::{
    AccessError, AgentError, AuditError, ModelConfigError, OpenError, PolicyError, ProjectError, RunError,
    StartError, WorkflowError,
};
use orchestrator_server::{ServeError, TlsError};
use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Why the program ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("{0}")]
    Model(#[from] ModelConfigError),
    #[error("{0}")]
    Open(#[source] OpenError),
    #[error("{}", in_use(.path, .holder, .address))]
    InUse { path: PathBuf, holder: Option<u32>, address: Option<String> },
    #[error("{0}")]
    Client(#[from] ClientError),
    #[error("{0}")]
    Agent(#[from] AgentError),
    #[error("{0}")]
    Workflow(#[from] WorkflowError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Run(#[from] RunError),
    #[error("{0}")]
    Serve(#[from] ServeError),
    #[error("setting up TLS: {0}")]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Access(#[from] AccessError),
    #[error("{0}")]
    Audit(#[from] AuditError),
    #[error("{0}")]
    Since(String),
    #[error("the token would expire at a time that there is not: {0}")]
    Expires(String),
    #[error("{0}")]
    Policy(#[from] PolicyError),
    #[error("{path} is not there: give a policy file that is", path = path.display())]
    NoPolicy { path: PathBuf },
    #[error("the policy file {path} cannot be read: {source}", path = path.display())]
    ReadPolicy { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Project(#[from] ProjectError),
    #[error("{said} (here: --if-busy queue)")]
    Busy { said: String },
    #[error("{0}")]
    Usage(String),
    #[error("cloning {address}: {why}; clone it by hand, and give the folder")]
    Git { address: String, why: String },
    #[error("using {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("starting the threads of the program: {0}")]
    Runtime(#[source] io::Error),
    #[error("waiting for signals: {0}")]
    Signals(#[source] io::Error),
    #[error("{}", listening(.address, .source))]
    Listen { address: String, source: io::Error },
    #[error(
        "commands without a sandbox are not allowed while other machines reach {address}: whoever reaches it could \
         change this one; listen on 127.0.0.1, or leave out --allow-isolation=none"
    )]
    NoneInPublic { address: String },
    #[error("{0}")]
    Folder(#[from] FolderError),
    #[error("reading {0}: {1}")]
    Read(String, #[source] io::Error),
    #[error("writing to standard output: {0}")]
    Output(#[source] io::Error),
}

impl CliError {
    /// Whether it is only that whoever read standard output went away, as `head` does.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = match self {
            Self::Output(source) => Some(source),
            Self::Project(source) => Some(source),
            _ => None,
        };
        while let Some(error) = cause {
            if error.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Says why a run was refused in terms of this program: how it has a run wait in line, and what it calls the request.
    pub(crate) fn of_run(self) -> Self {
        match &self {
            Self::Start(StartError::Invalid { field: "user_request", message }) => {
                Self::Usage(format!("the request cannot be used: {message}"))
            }
            Self::Start(StartError::Busy { .. } | StartError::Changing) => {
                Self::Busy { said: self.to_string() }
            }
            Self::Client(error) if error.is("project-busy") => Self::Busy { said: self.to_string() },
            _ => self,
        }
    }

    /// What the program exits with: 2 where 1 has another meaning.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Folder(_) | Self::Read(..) => ExitCode::from(2),
            Self::Settings(_)
            | Self::Model(_)
            | Self::Open(_)
            | Self::InUse { .. }
            | Self::Client(_)
            | Self::Agent(_)
            | Self::Workflow(_)
            | Self::Start(_)
            | Self::Run(_)
            | Self::Serve(_)
            | Self::Tls(_)
            | Self::Access(_)
            | Self::Audit(_)
            | Self::Since(_)
            | Self::Expires(_)
            | Self::Runtime(_)
            | Self::Signals(_)
            | Self::Listen { .. }
            | Self::Policy(_)
            | Self::NoPolicy { .. }
            | Self::ReadPolicy { .. }
            | Self::NoneInPublic { .. }
            | Self::Project(_)
            | Self::Busy { .. }
            | Self::Usage(_)
            | Self::Git { .. }
            | Self::File { .. }
            | Self::Output(_) => ExitCode::FAILURE,
        }
    }
}

impl From<OpenError> for CliError {
    /// The one door through which a data folder is found held, so that whoever finds it is told where to go.
    fn from(error: OpenError) -> Self {
        let Some((path, holder)) = error.in_use() else { return Self::Open(error) };
        let address = holder.and_then(|holder| address::of(path, holder));
        Self::InUse { path: path.to_owned(), holder, address }
    }
}

fn in_use(path: &Path, holder: &Option<u32>, address: &Option<String>) -> String {
    let process = holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    let folder = path.display();
    match address {
        Some(address) => format!(
            "a server is using the data folder {folder} ({process}); give --server {address}, stop it first, or \
             choose another folder with --data-dir"
        ),
        None => format!(
            "the data folder {folder} is in use by {process}; stop that one first, or choose another folder with \
             --data-dir"
        ),
    }
}

fn listening(address: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "cannot listen on {address}: another program does; stop it, or choose another address with --listen"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "cannot listen on {address}: this account may not use that port; choose one from 1024 on with --listen"
        ),
        io::ErrorKind::AddrNotAvailable => format!(
            "cannot listen on {address}: this machine has no such address; use 127.0.0.1, or 0.0.0.0 for all it has"
        ),
        io::ErrorKind::InvalidInput => format!(
            "cannot listen on '{address}': give an address and a port, such as 127.0.0.1:8000, with --listen"
        ),
        _ => format!("cannot listen on {address}: {error}; choose another address with --listen"),
    }
}
