//! The proxy that the environment names, looked at before it is needed.
//!
//! The HTTP client passes over a variable that it cannot read, and goes to the service directly: past the one place that a
//! company lets requests and keys through. So what cannot be used is refused instead.

use crate::config_error::ModelConfigError;
use reqwest::Url;

/// What names proxies for requests to services.
const VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// Refuses a proxy that cannot be used.
///
/// # Errors
/// [`ModelConfigError::Proxy`], without the address: it may hold a password.
pub(super) fn check(read: impl Fn(&str) -> Option<String>) -> Result<(), ModelConfigError> {
    for variable in VARIABLES {
        let text = read(variable).unwrap_or_default();
        // The client takes an address without a scheme for one of http.
        let address = if text.contains("://") { text } else { format!("http://{text}") };
        if address != "http://" && !is_usable(&address) {
            return Err(ModelConfigError::Proxy { variable });
        }
    }
    Ok(())
}

fn is_usable(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), ModelConfigError> {
        check(|name| (name == "HTTPS_PROXY").then(|| text.to_owned()))
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_by_its_variable() {
        for good in [
            "",
            "http://proxy.example:3128",
            "https://ada:secret@proxy.example",
            "proxy.example:3128",
            "10.0.0.1",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in ["\"http://proxy.example:3128\"", "::bad", "ftp://proxy.example", "socks9://proxy.example"]
        {
            let said = checked(bad).expect_err(bad).to_string();
            assert!(said.contains("HTTPS_PROXY") && !said.contains(bad), "{said}");
        }
    }
}
