//! Why a service cannot be reached, and whether trying again can help.
//!
//! A network comes back, a server is started again; a certificate that nobody trusts stays so. What TLS says is taken
//! from the error's type, since its words change.

use crate::failing::Service;
use orchestrator_core::{ErrorCode, Failure};
use reqwest::Url;
use rustls::Error as Tls;
use std::{error::Error, fmt::Write as _, io};

/// The failure of a request that got no answer.
pub(super) fn failure(service: &Service, url: &Url, model: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let (code, advice) = advice(service, url, &error);
    let address = url.origin().ascii_serialization();
    let reason = service.quote(&chain(&error));
    service.failure(code, model, &format!("{address} cannot be reached, {reason}: {advice}"))
}

fn advice(service: &Service, url: &Url, error: &(dyn Error + 'static)) -> (ErrorCode, String) {
    let variable = &service.url_setting;
    match find::<Tls>(error) {
        Some(Tls::InvalidCertificate(_)) => {
            let advice = "its certificate is not one that this machine trusts; where a proxy or gateway of your own \
                          stands in between, set SSL_CERT_FILE to a file with the authority's certificate in PEM";
            return (ErrorCode::Denied, format!("{advice}, otherwise check {variable}"));
        }
        // What is no TLS at all is most often a server that speaks plain HTTP.
        Some(Tls::InvalidMessage(_)) => {
            let advice =
                format!("it does not speak TLS; set {variable} to an address with http:// if that is meant");
            return (ErrorCode::InvalidInput, advice);
        }
        Some(Tls::AlertReceived(_) | Tls::PeerIncompatible(_)) => {
            return (ErrorCode::Denied, format!("the two sides do not agree on TLS; check {variable}"));
        }
        _ => {}
    }
    let refused =
        find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    let advice = match (refused, super::address::is_loopback(url)) {
        (true, true) => format!(
            "nothing listens there; start the server, or check {variable} (in a container, localhost is the container \
             itself)"
        ),
        (true, false) => format!("nothing listens there; check {variable}, HTTPS_PROXY and HTTP_PROXY"),
        (false, _) => format!("check the network and {variable}"),
    };
    (ErrorCode::Unavailable, advice)
}

/// The first error of a type among an error and its causes, those that an I/O error wraps included.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let wrapped = wrapped.and_then(|inner| find(inner as &(dyn Error + 'static)));
    wrapped.or_else(|| find(error.source()?))
}

/// An error with its causes, which name what went wrong; reqwest's own text names only what was tried.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
