//! Reads a tag byte by byte, so that a tag in forty chunks costs what a tag in one does.
//!
//! Models write attributes in any order, in double quotes, single quotes or none, over several lines, with a `>`
//! inside of quotes, and with entities, since a tag looks like XML to them. All of that is a tag. A line break within
//! quotes is not, and neither is anything over [`TAG_MAX`]: what looks like a tag for that long is text.

use std::borrow::Cow;

/// Longest tag, in bytes: two paths of the greatest length and room around them. What is longer is text.
pub(crate) const TAG_MAX: usize = 2 * orchestrator_core::path::PATH_MAX + 256;

/// What a tag is about, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Close,
    Delete,
    Rename,
}

/// The value of an attribute, borrowed from the answer unless there was something to replace in it.
pub(crate) type Value<'a> = Cow<'a, str>;

/// A tag with its attributes; those that are missing are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tag<'a> {
    Open { path: Option<Value<'a>>, empty: bool },
    Close,
    Delete { path: Option<Value<'a>> },
    Rename { from: Option<Value<'a>>, to: Option<Value<'a>> },
}

impl<'a> Tag<'a> {
    /// A tag from the bytes between its name and its `>`, which [`Reading`] has found to be well formed.
    pub(crate) fn new(kind: Kind, attributes: &'a [u8]) -> Self {
        if kind == Kind::Close {
            return Self::Close;
        }
        let Attributes { path, from, to, empty } = match std::str::from_utf8(attributes) {
            Ok(text) => Attributes::read(text),
            Err(_) => Attributes::read(&String::from_utf8_lossy(attributes)).owned(),
        };
        match kind {
            Kind::Open => Self::Open { path, empty },
            Kind::Close => Self::Close,
            Kind::Delete => Self::Delete { path },
            Kind::Rename => Self::Rename { from, to },
        }
    }

    /// The path that it is about.
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Open { path, .. } | Self::Delete { path } | Self::Rename { from: path, .. } => {
                path.as_deref()
            }
            Self::Close => None,
        }
    }
}

/// Where in a tag the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    NameEnd,
    Between,
    Attribute,
    AfterAttribute,
    BeforeValue,
    Quoted(u8),
    Unquoted,
    Slash,
}

/// What a byte makes of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    More,
    Done,
    NoTag,
}

/// A tag whose name has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) kind: Kind,
    at: At,
}

impl Reading {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, at: At::NameEnd }
    }

    /// How many of these bytes change nothing: those of a value up to what ends it.
    pub(crate) fn skips(&self, bytes: &[u8]) -> usize {
        match self.at {
            At::Quoted(quote) => memchr::memchr2(quote, b'\n', bytes).unwrap_or(bytes.len()),
            _ => 0,
        }
    }

    /// Takes the next byte after the name.
    #[inline]
    pub(crate) fn step(&mut self, byte: u8) -> Step {
        let next = match (self.at, byte) {
            (At::Quoted(_), b'\n') => None,
            (At::Quoted(quote), _) => Some(if byte == quote { At::Between } else { At::Quoted(quote) }),
            (At::BeforeValue, b'"' | b'\'') => Some(At::Quoted(byte)),
            (At::BeforeValue | At::Unquoted, b'"' | b'\'' | b'<' | b'=' | b'`') => None,
            (At::BeforeValue, b'>') => None,
            (At::BeforeValue, _) => Some(if is_blank(byte) { At::BeforeValue } else { At::Unquoted }),
            (_, b'>') => return Step::Done,
            (At::Slash, _) => None,
            (At::Attribute, _) if is_name(byte) => Some(At::Attribute),
            (At::Attribute | At::AfterAttribute, b'=') => Some(At::BeforeValue),
            (At::Attribute | At::AfterAttribute, _) if is_blank(byte) => Some(At::AfterAttribute),
            (At::Unquoted, _) if !is_blank(byte) => Some(At::Unquoted),
            (_, b'/') => Some(At::Slash),
            (At::Between | At::AfterAttribute, _) if byte.is_ascii_alphabetic() => Some(At::Attribute),
            (At::NameEnd | At::Between | At::Unquoted, _) if is_blank(byte) => Some(At::Between),
            _ => None,
        };
        match next {
            Some(at) => {
                self.at = at;
                Step::More
            }
            None => Step::NoTag,
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[derive(Default)]
struct Attributes<'a> {
    path: Option<Value<'a>>,
    from: Option<Value<'a>>,
    to: Option<Value<'a>>,
    /// The tag ended in `/>`.
    empty: bool,
}

impl<'a> Attributes<'a> {
    fn owned(self) -> Attributes<'static> {
        let owned = |value: Option<Value<'_>>| value.map(|value| Value::Owned(value.into_owned()));
        Attributes { path: owned(self.path), from: owned(self.from), to: owned(self.to), empty: self.empty }
    }

    fn read(text: &'a str) -> Self {
        let mut found = Self::default();
        let mut rest = text.trim_ascii_start();
        while !rest.is_empty() {
            if rest == "/" {
                found.empty = true;
                break;
            }
            let (name, later) = split_where(rest, |byte| matches!(byte, b'=' | b'/') || is_blank(byte));
            rest = later.trim_ascii_start();
            let mut value = "";
            if let Some(later) = rest.strip_prefix('=') {
                (value, rest) = split_value(later.trim_ascii_start());
            }
            // Without quotes, the slash of `/>` ends the last value.
            if rest.is_empty() && !text.ends_with(['"', '\'']) && value.ends_with('/') {
                found.empty = true;
                value = value.strip_suffix('/').unwrap_or(value);
            }
            match name {
                "path" => found.path = Some(without_entities(value)),
                "from" => found.from = Some(without_entities(value)),
                "to" => found.to = Some(without_entities(value)),
                _ => {}
            }
            rest = rest.trim_ascii_start();
        }
        found
    }
}

fn split_value(text: &str) -> (&str, &str) {
    let Some(quote) = text.bytes().next().filter(|first| matches!(first, b'"' | b'\'')) else {
        return split_where(text, is_blank);
    };
    let inside = text.get(1..).unwrap_or_default();
    let end = memchr::memchr(quote, inside.as_bytes()).unwrap_or(inside.len());
    (inside.get(..end).unwrap_or_default(), inside.get(end + 1..).unwrap_or_default())
}

/// Before and from the first byte, an ASCII one, that `stops`; at least one is taken, so that reading ends.
fn split_where(text: &str, stops: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().skip(1).position(stops).map_or(text.len(), |at| at + 1);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Attributes alone may be escaped; the content of a file never is.
fn without_entities(value: &str) -> Value<'_> {
    match memchr::memchr(b'&', value.as_bytes()) {
        None => Cow::Borrowed(value),
        Some(_) => Cow::Owned(orchestrator_answer::name::without_entities(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, text: &str) -> Option<Tag<'_>> {
        let mut reading = Reading::new(kind);
        for (at, byte) in text.bytes().enumerate() {
            match reading.step(byte) {
                Step::More => {}
                Step::Done => return Some(Tag::new(kind, &text.as_bytes()[..at])),
                Step::NoTag => return None,
            }
        }
        None
    }

    #[test]
    fn attributes_in_any_order_and_quoting_are_read() {
        for (text, path, empty) in [
            (" path=\"a b\">", "a b", false),
            (" path='a'/>", "a", true),
            (" path=src/a.js>", "src/a.js", false),
            (" path=src/a.js/>", "src/a.js", true),
            (" path=src/a.js />", "src/a.js", true),
            (" path = \"a\" lang=js >", "a", false),
            (" title=\"x > y\"\n  path='a'>", "a", false),
            (" executable path=\"a\">", "a", false),
            (" path=\"a\" executable>", "a", false),
            (" title='it\"s' path=\"a\"title='b'>", "a", false),
            (" path=\"&lt;x&gt; &amp;lt; &#39;\">", "<x> &lt; '", false),
            (" path=\"\">", "", false),
        ] {
            let path = Some(path.into());
            assert_eq!(read(Kind::Open, text), Some(Tag::Open { path, empty }), "{text:?}");
        }
        assert_eq!(
            read(Kind::Rename, " to='b' from=a/>"),
            Some(Tag::Rename { from: Some("a".into()), to: Some("b".into()) })
        );
        assert_eq!(read(Kind::Open, ">"), Some(Tag::Open { path: None, empty: false }));
        assert_eq!(read(Kind::Close, " >"), Some(Tag::Close));
    }

    #[test]
    fn what_cannot_be_a_tag_is_none() {
        for text in
            ["z>", "-2>", " path=\"a\nb\">", " path=>", " path=a\"b>", " <", " / x>", " 1=2>", " path==a>"]
        {
            assert_eq!(read(Kind::Open, text), None, "{text:?}");
        }
    }
}
