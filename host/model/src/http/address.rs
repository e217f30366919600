//! The address of a service: what is refused and what is warned about before anything is sent there.

use crate::{config_error::ModelConfigError, failing::Service};
use reqwest::Url;
use std::net::IpAddr;

/// The address of `path` under a service's base address.
pub(super) fn parse(service: &Service, path: &str) -> Result<Url, ModelConfigError> {
    let wrong = |problem| ModelConfigError::BaseUrl { from: service.url_setting.clone(), problem };
    let base = service.base.trim_end_matches('/');
    if base.ends_with(path) {
        return Err(wrong(format!("it ends with {path}, which is added to it; leave that out")));
    }
    let url = Url::parse(&format!("{base}{path}")).map_err(|error| wrong(error.to_string()))?;
    if url.host_str().is_none() || !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it must begin with http:// or https://".into()));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(wrong("it must not hold a user, a password or a query".into()));
    }
    Ok(url)
}

/// Whether only this machine is reached at an address.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |address| address.is_loopback())
}

/// What whoever started the program should know about the way that the key takes.
pub(super) fn warning(service: &Service, url: &Url) -> Option<String> {
    let is_open = url.scheme() == "http" && !is_loopback(url) && service.key.is_some();
    is_open.then(|| {
        format!(
            "the key in {} is sent to {} without encryption, where everybody on the way can read it: give an address \
             with https:// in {}",
            service.key_variable,
            url.origin().ascii_serialization(),
            service.url_setting
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn service(base: &str, key: Option<Secret>) -> Service {
        let base = base.to_owned();
        Service {
            name: "openai",
            key_variable: "OPENAI_API_KEY",
            url_setting: "OPENAI_BASE_URL".into(),
            key,
            base,
        }
    }

    #[test]
    fn an_address_that_would_fail_later_or_leak_is_refused_at_once() {
        let problem = |base: &str| {
            parse(&service(base, None), "/chat/completions").err().map(|error| error.to_string())
        };
        assert_eq!(problem("http://127.0.0.1:11434/v1/"), None);
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "https://user:pass@example.org",
            "https://a.org?x=1#",
            "https://a.org/v1/chat/completions",
        ] {
            let problem = problem(bad).unwrap();
            assert!(problem.contains("OPENAI_BASE_URL") && !problem.contains("pass@"), "{bad}: {problem}");
        }
    }

    #[test]
    fn a_key_that_would_go_in_the_open_is_warned_about() {
        let warned = |base: &str, key| {
            let service = service(base, key);
            warning(&service, &parse(&service, "/x").unwrap())
        };
        let key = || Secret::new("sk-secret");
        for safe in
            ["https://models.example.org", "http://localhost:1", "http://127.8.0.1", "http://[::1]:80"]
        {
            assert_eq!(warned(safe, key()), None, "{safe}");
        }
        assert_eq!(warned("http://models.example.org", None), None);
        insta::assert_snapshot!(warned("http://10.0.0.7:8080/v1", key()).unwrap(), @"the key in OPENAI_API_KEY is sent to http://10.0.0.7:8080 without encryption, where everybody on the way can read it: give an address with https:// in OPENAI_BASE_URL");
    }
}
