//! A reply, played back at the speed that the script asks for.

use super::{
    MODEL,
    script::{End, Reply},
};
use async_trait::async_trait;
use orchestrator_core::{CompletionChunk, CompletionEnd, CompletionStream, Failure, Usage};
use std::{collections::VecDeque, time::Duration};

/// Stands for the run's nonce in texts.
const NONCE: &str = "{{nonce}}";

/// A reply on its way.
pub(super) struct Playing {
    chunks: VecDeque<CompletionChunk>,
    delay: Duration,
    end: End,
    ended: Option<CompletionEnd>,
}

impl Playing {
    /// Begins a reply. An error without text before it comes at once, as from a service that refuses the request.
    pub(super) fn begin(reply: &Reply, nonce: &str) -> Result<Self, Failure> {
        let pieces = |text: &str| cut(&text.replace(NONCE, nonce), reply.chunk_chars);
        let thinking = pieces(&reply.thinking).into_iter().map(CompletionChunk::Thinking);
        let text = pieces(&reply.text).into_iter().map(CompletionChunk::Text);
        let chunks: VecDeque<_> = thinking.chain(text).collect();
        match failure(&reply.end).filter(|_| chunks.is_empty()) {
            Some(failure) => Err(failure),
            None => Ok(Self { chunks, delay: reply.delay, end: reply.end.clone(), ended: None }),
        }
    }
}

#[async_trait]
impl CompletionStream for Playing {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        if !self.chunks.is_empty() {
            if !self.delay.is_zero() {
                tokio::time::sleep(self.delay).await;
            }
            return Ok(self.chunks.pop_front());
        }
        match &self.end {
            End::Hold => std::future::pending().await,
            End::Error { .. } => failure(&self.end).map_or(Ok(None), Err),
            End::Whole(reason) => {
                let end =
                    CompletionEnd { model: MODEL.into(), stop_reason: *reason, usage: Usage::default() };
                self.ended = Some(end);
                Ok(None)
            }
        }
    }

    fn end(&self) -> Option<&CompletionEnd> {
        self.ended.as_ref()
    }
}

fn failure(end: &End) -> Option<Failure> {
    let End::Error { code, retry_after, message } = end else { return None };
    let message = message.clone().unwrap_or_else(|| "the script says that this completion fails".into());
    Some(Failure::new(*code, message).after(*retry_after))
}

fn cut(text: &str, chars: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(chars).map_or(rest.len(), |(end, _)| end);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece.to_owned());
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_between_characters_and_lose_nothing() {
        assert_eq!(cut("häuser", 2), ["hä", "us", "er"]);
        assert_eq!(cut("abc", 2), ["ab", "c"]);
        assert!(cut("", 2).is_empty());
    }
}
