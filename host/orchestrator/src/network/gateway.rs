//! Opens the way out of one command.

use super::account::Account;
use async_trait::async_trait;
use orchestrator_command::{CommandLine, Gateway, HOME, Network, Open, PROXY, Scratch};
use orchestrator_core::{
    Denials, ErrorCode, EventKind, EventSink, Failure, NetworkUse, NewEvent, event::Status,
};
use orchestrator_egress::{
    Allow, Destination, Egress, EgressLimits, Found, Network as Opened, Registries, Registry, RegistryError,
    bridge,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Where the bridge listens on the sandbox's own loopback: the port that proxies usually have.
const PORT: u16 = 3128;
/// Where files with certificate authorities are found inside of a sandbox.
const CERTIFICATES: &str = "/run/orchestrator";
/// The event's code when a registry could not be found out.
const UNKNOWN: &str = "network_unknown";

/// The ways out of the commands of one step.
pub(super) struct StepGateway {
    registries: Arc<Registries>,
    /// The program that is the bridge; none where nothing is known that could be one.
    bridge: Option<PathBuf>,
    destinations: Vec<Destination>,
    events: Arc<dyn EventSink>,
    denials: Denials,
    /// Registries about which it was told that they are not known.
    told: Mutex<BTreeSet<Registry>>,
}

impl StepGateway {
    pub(super) fn new(
        registries: Arc<Registries>,
        bridge: Option<PathBuf>,
        destinations: Vec<Destination>,
        events: Arc<dyn EventSink>,
        denials: Denials,
    ) -> Self {
        Self { registries, bridge, destinations, events, denials, told: Mutex::default() }
    }

    /// What of the list is for this program.
    fn for_program(&self, program: &str) -> Vec<Destination> {
        let own = Registry::of_client(program);
        let is_for = |destination: &&Destination| match destination {
            Destination::Registry(registry) => own == Some(*registry),
            Destination::Host(_) => true,
        };
        self.destinations.iter().filter(is_for).cloned().collect()
    }

    /// Tells once that a registry could not be found out. The command runs all the same.
    async fn tell(&self, error: &RegistryError) -> Result<(), Failure> {
        let is_new = self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(error.registry);
        if !is_new {
            return Ok(());
        }
        tracing::warn!(%error, "a registry is not opened");
        let kind = EventKind::Status(Status::Notice { code: UNKNOWN.into() });
        self.events.emit(NewEvent::new(kind, format!("commands cannot fetch packages: {error}"))).await
    }

    fn listen(
        &self,
        command: &CommandLine,
        uid: Option<u32>,
        allow: Allow,
        found: Found,
    ) -> Result<Network, Failure> {
        let failed = |problem: String| {
            let message = format!("opening the network of '{}': {problem}", command.shown());
            Failure::new(ErrorCode::Internal, message)
        };
        let bridge = self
            .bridge
            .clone()
            .ok_or_else(|| failed("there is no program that could be its bridge".into()))?;
        // Nobody else may enter it; the sandbox is shown the socket itself.
        let folder = Scratch::new();
        let folder = folder.map_err(|error| failed(format!("making a folder for its socket: {error}")))?;
        let account = Arc::new(Account::new(command.shown(), self.denials.clone()));
        let loopback = allow.has_loopback();
        let observer = Arc::clone(&account);
        let egress = Egress::listen(allow, EgressLimits::default(), folder.path(), observer)
            .map_err(|error| failed(error.to_string()))?;
        if let Some(uid) = uid {
            egress.give_to(uid).map_err(|error| failed(error.to_string()))?;
        }
        let (mut environment, files) = told(found);
        environment.extend(bridge::environment(PORT, loopback));
        let arguments = bridge::arguments(PORT, Path::new(PROXY));
        Ok(Network {
            socket: egress.socket().to_owned(),
            bridge,
            arguments: arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
            environment,
            files,
            open: Box::new(Way { egress, account, _folder: folder }),
        })
    }
}

/// Variables and their values.
type Variables = Vec<(String, String)>;
/// Places of files, and what is in them.
type Files = Vec<(PathBuf, Vec<u8>)>;

/// What package clients are told in a sandbox.
fn told(found: Found) -> (Variables, Files) {
    let Found { entries: _, mut environment, certificates, cargo_config } = found;
    let mut files = Vec::new();
    for (variable, certificates) in certificates {
        let place = format!("{CERTIFICATES}/{variable}.pem");
        files.push((PathBuf::from(&place), certificates.into_bytes()));
        environment.push((variable, place));
    }
    if !cargo_config.is_empty() {
        files.push((Path::new(HOME).join(".cargo/config.toml"), cargo_config.into_bytes()));
    }
    // Settings of this machine's user are not checked for what no variable can hold.
    environment.retain(|(name, value)| !name.contains(['\0', '=']) && !value.contains('\0'));
    (environment, files)
}

#[async_trait]
impl Gateway for StepGateway {
    async fn open(&self, command: &CommandLine, uid: Option<u32>) -> Result<Option<Network>, Failure> {
        let wanted = self.for_program(command.program());
        if wanted.is_empty() {
            return Ok(None);
        }
        let (opened, found, errors) = self.registries.network(&wanted).await;
        for error in &errors {
            self.tell(error).await?;
        }
        match opened {
            Opened::Allow(allow) => self.listen(command, uid, allow, found).map(Some),
            Opened::None => Ok(None),
        }
    }
}

/// The proxy of one command, its folder, and the account of what went through.
struct Way {
    egress: Egress,
    account: Arc<Account>,
    _folder: Scratch,
}

#[async_trait]
impl Open for Way {
    async fn close(self: Box<Self>) -> NetworkUse {
        let Self { egress, account, _folder } = *self;
        egress.close().await;
        account.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_told_by_variables_and_by_files_in_the_sandbox() {
        let (environment, files) = told(Found {
            environment: vec![("PIP_TRUSTED_HOST".into(), "a".into()), ("BAD".into(), "x\0--bind".into())],
            certificates: vec![("PIP_CERT".into(), "certificates".into())],
            cargo_config: "[source]".into(),
            ..Found::default()
        });
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let place = "/run/orchestrator/PIP_CERT.pem";
        assert_eq!(environment, [pair("PIP_TRUSTED_HOST", "a"), pair("PIP_CERT", place)]);
        let file = |at: &str, text: &str| (PathBuf::from(at), text.as_bytes().to_vec());
        assert_eq!(files, [file(place, "certificates"), file("/home/agent/.cargo/config.toml", "[source]")]);
    }
}
