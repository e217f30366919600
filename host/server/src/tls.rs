//! TLS from two files, read again when they change.
//!
//! The settings are those of rustls: TLS 1.2 and 1.3, its cipher suites, no client certificates. Certificates are
//! renewed every few weeks by a program of their own, which cannot restart this one; so every [`INTERVAL`] the files'
//! times are looked at. A new pair that does not load is reported and the old one serves on.

use crate::connections::HTTP2;
use arc_swap::ArcSwap;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

const INTERVAL: Duration = Duration::from_secs(30);

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and those between it and an authority, in PEM.
    pub certificate: PathBuf,
    /// The certificate's key, in PEM.
    pub key: PathBuf,
}

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}", path = path.display())]
pub struct TlsError {
    path: PathBuf,
    problem: String,
}

impl TlsError {
    /// The file that cannot be used.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why a file could not be read as what it was to hold.
fn unread(error: &pem::Error, what: &str) -> String {
    match error {
        pem::Error::Io(error) => format!("it cannot be read: {error}"),
        error => format!("it holds no {what} in PEM: {error}"),
    }
}

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// When one cannot be read, or the key is not the certificate's.
    pub fn load(&self) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let wrong = |path: &Path, problem: String| TlsError { path: path.to_owned(), problem };
        let certificates = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(&self.certificate, unread(&error, "certificates")))?;
        if certificates.is_empty() {
            return Err(wrong(&self.certificate, "it holds no certificates in PEM".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| wrong(&self.key, unread(&error, "private key")))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, key))
            .map_err(|error| {
                wrong(&self.key, format!("it cannot serve with {}: {error}", self.certificate.display()))
            })?;
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// When the files were changed last.
    fn changed(&self) -> io::Result<(SystemTime, SystemTime)> {
        let changed = |path: &Path| fs::metadata(path)?.modified();
        Ok((changed(&self.certificate)?, changed(&self.key)?))
    }

    /// Keeps what is served true to the files.
    pub(crate) async fn follow(self, serving: Arc<ArcSwap<rustls::ServerConfig>>) {
        let mut seen = self.changed().ok();
        loop {
            tokio::time::sleep(INTERVAL).await;
            let changed = self.changed().ok();
            if changed.is_none() || changed == seen {
                continue;
            }
            seen = changed;
            match self.load() {
                Ok(config) => {
                    serving.store(config);
                    tracing::info!(certificate = %self.certificate.display(), "a new certificate serves");
                }
                Err(error) => {
                    tracing::error!(%error, "the new certificate cannot be used; the old one serves on")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(certificate: &str, key: &str) -> (tempfile::TempDir, Tls) {
        let folder = tempfile::tempdir().unwrap();
        let tls = Tls { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        fs::write(&tls.certificate, certificate).unwrap();
        fs::write(&tls.key, key).unwrap();
        (folder, tls)
    }

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_certificate_and_its_key_serve() {
        let (certificate, key) = pair();
        let (_folder, tls) = files(&certificate, &key);
        assert!(tls.load().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewed_pair_serves_without_a_restart_and_a_broken_one_does_not() {
        let (certificate, key) = pair();
        let (_folder, tls) = files(&certificate, &key);
        let serving = Arc::new(ArcSwap::new(tls.load().unwrap()));
        let first = serving.load_full();
        let _following =
            tokio_util::task::AbortOnDropHandle::new(tokio::spawn(tls.clone().follow(Arc::clone(&serving))));
        tokio::time::sleep(INTERVAL * 2).await;
        assert!(Arc::ptr_eq(&first, &serving.load()), "nothing has changed");
        let renew = |certificate: &str, key: &str, seconds: u64| {
            fs::write(&tls.certificate, certificate).unwrap();
            fs::write(&tls.key, key).unwrap();
            // The disk's clock may be too coarse to tell writings of one test apart.
            let later = SystemTime::now() + Duration::from_secs(seconds);
            fs::File::options().write(true).open(&tls.key).unwrap().set_modified(later).unwrap();
        };
        renew(&certificate, "-----", 10);
        tokio::time::sleep(INTERVAL * 2).await;
        assert!(Arc::ptr_eq(&first, &serving.load()), "the old pair serves on");
        let (certificate, key) = pair();
        renew(&certificate, &key, 20);
        tokio::time::sleep(INTERVAL * 2).await;
        assert!(!Arc::ptr_eq(&first, &serving.load()));
    }

    #[test]
    fn what_cannot_serve_names_the_file() {
        let ((certificate, key), (_, other)) = (pair(), pair());
        for (certificate, key, named) in [
            (&*certificate, &*other, "key.pem"),
            ("", &*key, "cert.pem"),
            (&*certificate, "-----", "key.pem"),
        ] {
            let (_folder, tls) = files(certificate, key);
            let said = tls.load().unwrap_err().to_string();
            assert!(said.contains(named) && !said.contains("PRIVATE"), "{said}");
        }
        let missing = Tls { certificate: "/nonexistent".into(), key: "/nonexistent".into() };
        assert!(missing.load().unwrap_err().to_string().contains("/nonexistent"));
    }
}
