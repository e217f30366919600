//! Tells a tag from text that looks like the beginning of one.

/// Longest tag, in bytes: two paths of the greatest length and room around them. What is longer is text.
const TAG_MAX: usize = 2 * orchestrator_core::path::PATH_MAX + 256;

/// A tag with its attributes; those that are missing are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    Open { path: Option<String>, empty: bool },
    Close,
    Delete { path: Option<String> },
    Rename { from: Option<String>, to: Option<String> },
}

impl Tag {
    /// The path that it is about.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Open { path, .. } | Self::Delete { path } | Self::Rename { from: path, .. } => {
                path.as_deref()
            }
            Self::Close => None,
        }
    }
}

/// What a text that begins with `<` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recognised {
    /// No tag of ours, whatever follows.
    Text,
    /// More text will tell.
    Undecided,
    /// A tag, and its bytes.
    Tag(Tag, usize),
}

/// The beginnings of the tags of one run.
#[derive(Debug)]
pub(super) struct Names {
    open: String,
    close: String,
    delete: String,
    rename: String,
}

impl Names {
    pub(super) fn new(nonce: &str) -> Self {
        Self {
            open: format!("<file-{nonce}"),
            close: format!("</file-{nonce}"),
            delete: format!("<delete-{nonce}"),
            rename: format!("<rename-{nonce}"),
        }
    }

    /// Looks at a text that begins with `<`.
    pub(super) fn recognise(&self, text: &str) -> Recognised {
        let names = [&self.open, &self.close, &self.delete, &self.rename];
        let Some(name) = names.into_iter().find(|name| text.starts_with(name.as_str())) else {
            let begins = names.into_iter().any(|name| name.starts_with(text));
            return if begins { Recognised::Undecided } else { Recognised::Text };
        };
        let rest = text.get(name.len()..).unwrap_or_default();
        if rest.starts_with(|c: char| !(c.is_whitespace() || c == '>' || c == '/')) {
            return Recognised::Text;
        }
        let mut cursor = Cursor { text: rest, at: 0 };
        let attributes = match cursor.attributes() {
            Ok(attributes) => attributes,
            Err(Stop::Malformed) => return Recognised::Text,
            Err(Stop::Ended) if text.len() > TAG_MAX => return Recognised::Text,
            Err(Stop::Ended) => return Recognised::Undecided,
        };
        Recognised::Tag(self.tag(name, attributes), name.len() + cursor.at)
    }

    fn tag(&self, name: &String, attributes: Attributes) -> Tag {
        let Attributes { path, from, to, empty } = attributes;
        match name {
            _ if name == &self.close => Tag::Close,
            _ if name == &self.delete => Tag::Delete { path },
            _ if name == &self.rename => Tag::Rename { from, to },
            _ => Tag::Open { path, empty },
        }
    }
}

#[derive(Default)]
struct Attributes {
    path: Option<String>,
    from: Option<String>,
    to: Option<String>,
    /// The tag ended in `/>`.
    empty: bool,
}

/// Why attributes could not be read.
enum Stop {
    /// They cannot be attributes.
    Malformed,
    /// The text ended before they did.
    Ended,
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Reads attributes in any order, up to and including `>`.
    fn attributes(&mut self) -> Result<Attributes, Stop> {
        let mut found = Attributes::default();
        loop {
            self.take_while(char::is_whitespace);
            match self.next()? {
                '>' => return Ok(found),
                '/' => {
                    self.expect('>')?;
                    found.empty = true;
                    return Ok(found);
                }
                first if first.is_ascii_alphabetic() => {
                    let start = self.at - first.len_utf8();
                    self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
                    let name = self.text.get(start..self.at).unwrap_or_default();
                    let value = self.value()?;
                    match name {
                        "path" => found.path = Some(value),
                        "from" => found.from = Some(value),
                        "to" => found.to = Some(value),
                        _ => {}
                    }
                }
                _ => return Err(Stop::Malformed),
            }
        }
    }

    fn value(&mut self) -> Result<String, Stop> {
        self.take_while(char::is_whitespace);
        self.expect('=')?;
        self.take_while(char::is_whitespace);
        let quote = self.next()?;
        if !matches!(quote, '"' | '\'') {
            return Err(Stop::Malformed);
        }
        let value = self.take_while(|c| c != quote && c != '\n');
        self.expect(quote)?;
        Ok(without_entities(value))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn next(&mut self) -> Result<char, Stop> {
        let next = self.text.get(self.at..).and_then(|rest| rest.chars().next()).ok_or(Stop::Ended)?;
        self.at += next.len_utf8();
        Ok(next)
    }

    fn expect(&mut self, wanted: char) -> Result<(), Stop> {
        if self.next()? == wanted { Ok(()) } else { Err(Stop::Malformed) }
    }
}

/// Attributes alone may be escaped; the content of a file never is.
fn without_entities(value: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |text, (entity, character)| text.replace(entity, character))
}
