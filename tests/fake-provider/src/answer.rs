//! What the server answers, in words that fit both wire formats.
//!
//! An answer is either a refusal with an HTTP status or a stream of parts. The parts are sent in the order in which
//! the builder's methods were called, so a test reads like the transcript of the failure that it is about.

/// Why the model stopped, as each wire format spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The model was done: `end_turn`, `stop`.
    Done,
    /// The token limit cut the answer: `max_tokens`, `length`.
    TokenLimit,
    /// The model declined: `refusal`, `content_filter`.
    Refusal,
    /// Spelled out, for reasons that only one format has, and for unknown ones.
    Other(String),
}

/// What the server does with one request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) head: Head,
    pub(crate) parts: Vec<Part>,
    pub(crate) stop: Stop,
    pub(crate) usage: Option<Usage>,
    pub(crate) ending: bool,
    pub(crate) manner: Manner,
}

/// How the bytes of an answer travel.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// Nothing is sent, the head included, before the release.
    pub(crate) late: bool,
    /// The last line ends the body, without the blank line after it.
    pub(crate) no_last_blank: bool,
    /// The body is compressed, each piece so that it can be read at once.
    pub(crate) gzip: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: HeadBody,
}

#[derive(Debug, Clone)]
pub(crate) enum HeadBody {
    /// The answer's parts, as server-sent events.
    Stream,
    /// The answer's text and thinking as one piece of JSON.
    Whole,
    /// An error object in the request's wire format.
    Error { kind: String, message: String },
    /// Anything else, such as a proxy's page.
    Page { content_type: String, text: String },
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Thinking(String),
    Ping,
    Raw(String),
    Error { kind: String, message: String },
    Stall,
    Cut,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) input: u64,
    pub(crate) cached: u64,
    pub(crate) output: u64,
}

impl Answer {
    /// A stream without content yet, that ends as it should; parts are added by the other methods.
    #[must_use]
    pub fn stream() -> Self {
        Self {
            head: Head { status: 200, headers: Vec::new(), body: HeadBody::Stream },
            parts: Vec::new(),
            stop: Stop::Done,
            usage: Some(Usage { input: 100, cached: 0, output: 20 }),
            ending: true,
            manner: Manner::default(),
        }
    }

    /// A stream with this text as one piece.
    pub fn text(text: impl Into<String>) -> Self {
        Self::stream().then_text(text)
    }

    /// A stream with these pieces of text.
    pub fn chunks<T: Into<String>>(chunks: impl IntoIterator<Item = T>) -> Self {
        chunks.into_iter().fold(Self::stream(), |answer, chunk| answer.then_text(chunk))
    }

    /// An HTTP error with an error object of the given kind (`rate_limit_error`, `overloaded_error` …) in the wire
    /// format of the request.
    pub fn failure(status: u16, kind: impl Into<String>, message: impl Into<String>) -> Self {
        let body = HeadBody::Error { kind: kind.into(), message: message.into() };
        Self { head: Head { status, headers: Vec::new(), body }, ..Self::stream() }
    }

    /// A page that is no answer of a provider, such as the error page of a proxy.
    pub fn page(status: u16, content_type: impl Into<String>, text: impl Into<String>) -> Self {
        let body = HeadBody::Page { content_type: content_type.into(), text: text.into() };
        Self { head: Head { status, headers: Vec::new(), body }, ..Self::stream() }
    }

    /// Answers with one piece of JSON, as services do that do not stream.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.head.body = HeadBody::Whole;
        self
    }

    /// Sends nothing at all, the head included, until [`FakeProvider::release`](crate::FakeProvider::release).
    #[must_use]
    pub fn late(mut self) -> Self {
        self.manner.late = true;
        self
    }

    /// Ends the body with the last line, without the blank line that should follow.
    #[must_use]
    pub fn without_last_blank_line(mut self) -> Self {
        self.manner.no_last_blank = true;
        self
    }

    /// Compresses the body, whatever the client said that it takes.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.manner.gzip = true;
        self.header("content-encoding", "gzip")
    }

    /// Adds a response header, such as `retry-after`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.head.headers.push((name.into(), value.into()));
        self
    }

    /// Adds a piece of text.
    #[must_use]
    pub fn then_text(self, text: impl Into<String>) -> Self {
        self.then(Part::Text(text.into()))
    }

    /// Adds a piece of visible reasoning.
    #[must_use]
    pub fn then_thinking(self, text: impl Into<String>) -> Self {
        self.then(Part::Thinking(text.into()))
    }

    /// Adds a sign of life: Anthropic's `ping` event, or a comment line.
    #[must_use]
    pub fn then_ping(self) -> Self {
        self.then(Part::Ping)
    }

    /// Adds bytes as they are, line ends included: unknown events, garbage.
    #[must_use]
    pub fn then_raw(self, text: impl Into<String>) -> Self {
        self.then(Part::Raw(text.into()))
    }

    /// Reports an error inside the stream, after the 200 went out. Nothing follows it.
    #[must_use]
    pub fn then_error(self, kind: impl Into<String>, message: impl Into<String>) -> Self {
        self.then(Part::Error { kind: kind.into(), message: message.into() }).without_ending()
    }

    /// Sends nothing more until [`FakeProvider::release`](crate::FakeProvider::release), or until the client
    /// leaves; then goes on with what follows.
    #[must_use]
    pub fn then_stall(self) -> Self {
        self.then(Part::Stall)
    }

    /// Breaks the connection.
    #[must_use]
    pub fn then_cut(self) -> Self {
        self.then(Part::Cut)
    }

    /// Ends the response cleanly, but without the marks of a whole answer: no stop reason, no `message_stop`, no
    /// `[DONE]`.
    #[must_use]
    pub fn without_ending(mut self) -> Self {
        self.ending = false;
        self
    }

    /// Sets why the model stopped; [`Stop::Done`] unless set.
    #[must_use]
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Sets the tokens reported: `input` counts all tokens sent, `cached` those of them that came from the cache.
    #[must_use]
    pub fn usage(mut self, input: u64, cached: u64, output: u64) -> Self {
        self.usage = Some(Usage { input, cached, output });
        self
    }

    /// Reports no tokens, as some OpenAI-compatible servers do.
    #[must_use]
    pub fn without_usage(mut self) -> Self {
        self.usage = None;
        self
    }

    fn then(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}
