//! The server behind TLS, and a proxy on the way to it.

use crate::FakeProvider;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{io, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// A port of 127.0.0.1 whose connections end at the server. Dropping it closes the port and the connections.
pub struct Front {
    /// The port.
    pub port: u16,
    _connections: JoinSet<()>,
}

impl FakeProvider {
    /// Puts TLS before the server, with a certificate for this name; gives that of its authority too, in PEM.
    ///
    /// # Errors
    /// When no port can be bound, or no certificate made.
    pub async fn tls(&self, name: &str) -> io::Result<(Front, String)> {
        let mut authority = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let authority = CertifiedIssuer::self_signed(authority, key).map_err(io::Error::other)?;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = CertificateParams::new(vec![name.to_owned()]).map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &authority).map_err(io::Error::other)?;
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .map_err(io::Error::other)?;
        let (acceptor, target) = (TlsAcceptor::from(Arc::new(config)), self.port());
        let front = Front::open(move |client| {
            let acceptor = acceptor.clone();
            async move {
                let (mut client, mut server) =
                    (acceptor.accept(client).await?, TcpStream::connect(("127.0.0.1", target)).await?);
                copy_bidirectional(&mut client, &mut server).await.map(|_| ())
            }
        })
        .await?;
        Ok((front, authority.pem()))
    }
}

impl Front {
    /// A proxy that leads every CONNECT to this port, whatever it names.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn proxy(target: u16) -> io::Result<Self> {
        Self::open(move |client| async move {
            let mut client = BufReader::new(client);
            let mut line = String::new();
            while client.read_line(&mut line).await? > 0 && !line.ends_with("\r\n\r\n") {}
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            let mut server = TcpStream::connect(("127.0.0.1", target)).await?;
            copy_bidirectional(&mut client, &mut server).await.map(|_| ())
        })
        .await
    }

    async fn open<F: Future<Output = io::Result<()>> + Send + 'static>(
        carry: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let carried = carry(client);
                // A connection that breaks is the test's own doing.
                open.spawn(async move { carried.await.unwrap_or_default() });
            }
        });
        Ok(Self { port, _connections: connections })
    }
}
