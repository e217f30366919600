//! Where a service is, and the key that it asks for.

use crate::{config_error::ModelConfigError, secret::Secret};
use reqwest::header::HeaderValue;

/// A service's key and address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointConfig {
    /// The key.
    pub key: Option<Secret>,
    /// A base address other than the service's own.
    pub base_url: Option<String>,
    /// Where the base address was set, for whoever has to change it: a flag, a key of a file. Its environment variable
    /// where nothing is said.
    pub base_url_from: Option<String>,
}

/// A header value that holds a key and is never shown.
pub(crate) fn header_value(variable: &'static str, text: &str) -> Result<HeaderValue, ModelConfigError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ModelConfigError::Key { variable })?;
    value.set_sensitive(true);
    Ok(value)
}
