//! The error object of a service, in any of the known forms.

use crate::surrogates::Surrogates;
use serde_json::Value;
use std::time::Duration;

mod wait;

/// An error object of a service.
#[derive(Debug, Default)]
pub(super) struct Reported {
    /// The service's label, such as `overloaded_error`; labels under `type` and `code` together.
    kind: String,
    /// A status given in the object itself, as routers in front of several services do.
    status: Option<u16>,
    /// The service's words; of a web page, its title.
    pub(super) message: String,
    /// Whether it is a web page, which no service of this kind answers with: something on the way did.
    pub(super) page: bool,
    /// How long the service asks to be left alone.
    pub(super) wait: Option<Duration>,
    /// Kind and message in small letters.
    folded: String,
}

impl Reported {
    /// Reads the error object in a response body or in an event's data. A body that is no such object is taken as the
    /// message.
    pub(super) fn read(body: &str) -> Self {
        let mended = Surrogates::default().mend(body).data;
        let Ok(value) = serde_json::from_str::<Value>(&mended) else {
            let page = body.trim_start().starts_with('<');
            let message = if page { title(body) } else { body.to_owned() };
            return Self { folded: message.to_lowercase(), message, page, ..Self::default() };
        };
        // Some services put the object into a list of one.
        let value = value.get(0).unwrap_or(&value);
        let error = if value["error"].is_null() { value } else { &value["error"] };
        let label = |name: &str| error[name].as_str().unwrap_or_default();
        let message = words(error).or_else(|| words(value)).unwrap_or_else(|| body.to_owned());
        // A router's own words are "Provider returned error"; what the provider said is beside them.
        let beneath = error["metadata"]["raw"].as_str().unwrap_or_default();
        let message = if beneath.is_empty() { message } else { format!("{message} ({beneath})") };
        let kind = format!("{} {} {}", label("type"), label("code"), error["details"]);
        Self {
            folded: format!("{kind} {message}").to_lowercase(),
            kind,
            status: status(&error["code"]).or_else(|| status(&error["status"])),
            wait: wait::read(&error["details"], &message),
            message,
            page: false,
        }
    }

    /// The HTTP status that says the same; for errors inside a stream.
    pub(super) fn as_status(&self) -> Option<u16> {
        const KINDS: [(&str, u16); 10] = [
            ("invalid_request_error", 400),
            ("authentication_error", 401),
            ("billing_error", 402),
            ("permission_error", 403),
            ("not_found_error", 404),
            ("request_too_large", 413),
            ("rate_limit", 429),
            ("insufficient_quota", 429),
            ("timeout_error", 504),
            ("overloaded_error", 529),
        ];
        let by_kind = || KINDS.iter().find(|(kind, _)| self.kind.contains(kind)).map(|(_, status)| *status);
        self.status.or_else(by_kind)
    }

    /// Whether kind or message has one of these words, which are in small letters.
    pub(super) fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.folded.contains(word))
    }

    /// Whether it is a limit that ends by itself within minutes.
    pub(super) fn is_of_a_minute(&self) -> bool {
        self.wait.is_some() || self.mentions(&["per minute", "perminute", "per-minute"])
    }

    /// Whether the service says that one request alone is above a limit, as in `Limit 30000, Requested 45000`.
    pub(super) fn never_fits(&self) -> bool {
        let number = |label: &str| {
            let (_, rest) = self.folded.rsplit_once(label)?;
            let digits = rest.trim_start_matches([' ', ':']);
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            digits[..end].parse::<u64>().ok()
        };
        number("requested").zip(number("limit")).is_some_and(|(requested, limit)| requested > limit)
    }
}

/// The words in an object, under any of the names that services have for them. Where the words are an object again, it is
/// quoted as it stands.
fn words(object: &Value) -> Option<String> {
    const NAMES: [&str; 7] =
        ["message", "detail", "msg", "status_msg", "error_msg", "errorMessage", "base_resp"];
    if let Some(words) = object.as_str() {
        return Some(words.to_owned());
    }
    NAMES.iter().map(|name| &object[*name]).find_map(|value| match value {
        Value::Null => None,
        Value::String(words) => (!words.trim().is_empty()).then(|| words.clone()),
        Value::Object(_) => words(value).or_else(|| Some(value.to_string())),
        other => Some(other.to_string()),
    })
}

/// A status in an error object, as a number or in quotes; other numbers are a service's own.
fn status(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

/// The title of a web page.
fn title(page: &str) -> String {
    let folded = page.to_ascii_lowercase();
    let inside = || {
        let start = folded.find("<title")?;
        let start = start + folded[start..].find('>')? + 1;
        Some(&page[start..start + folded[start..].find("</title")?])
    };
    match inside().map(str::trim).filter(|title| !title.is_empty()) {
        Some(title) => format!("a web page, '{title}'"),
        None => "a web page".into(),
    }
}
