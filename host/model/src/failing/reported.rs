//! The error object of a service, in any of the known forms.

use serde_json::Value;

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
    /// Kind and message in small letters.
    folded: String,
}

impl Reported {
    /// Reads the error object in a response body or in an event's data. A body that is no such object is taken as the
    /// message.
    pub(super) fn read(body: &str) -> Self {
        let Ok(value) = serde_json::from_str::<Value>(body) else {
            let page = body.trim_start().starts_with('<');
            let message = if page { title(body) } else { body.to_owned() };
            return Self { folded: message.to_lowercase(), message, page, ..Self::default() };
        };
        // Some services put the object into a list of one.
        let value = value.get(0).unwrap_or(&value);
        let error = if value["error"].is_null() { value } else { &value["error"] };
        let label = |name: &str| error[name].as_str().unwrap_or_default();
        let words = error.as_str().or_else(|| error["message"].as_str());
        let detail = || value["detail"].as_str().or_else(|| value["message"].as_str());
        let message = words.or_else(detail).map_or_else(|| body.to_owned(), str::to_owned);
        // A router's own words are "Provider returned error"; what the provider said is beside them.
        let beneath = error["metadata"]["raw"].as_str().unwrap_or_default();
        let message = if beneath.is_empty() { message } else { format!("{message} ({beneath})") };
        let kind = format!("{} {} {}", label("type"), label("code"), error["details"]);
        Self {
            folded: format!("{kind} {message}").to_lowercase(),
            kind,
            status: error["code"].as_u64().and_then(|code| u16::try_from(code).ok()),
            message,
            page: false,
        }
    }

    /// The HTTP status that says the same; for errors inside a stream.
    pub(super) fn as_status(&self) -> u16 {
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
        self.status.filter(|status| *status >= 400).or_else(by_kind).unwrap_or(500)
    }

    /// Whether kind or message has one of these words, which are in small letters.
    pub(super) fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.folded.contains(word))
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
