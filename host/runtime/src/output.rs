//! Where a guest's standard output and error go: a tail of bounded size.
//!
//! What matters of a guest's output is the end, where the panic message stands. A guest that floods it costs a fixed
//! number of bytes and is not stopped for it.

use bytes::Bytes;
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult},
};

/// Keeps the last bytes written to it. Clones share them.
#[derive(Clone)]
pub(crate) struct Tail {
    /// Up to twice the capacity, so that making room is rare and a flood of short lines costs a copy each.
    bytes: Arc<Mutex<Vec<u8>>>,
    capacity: usize,
}

impl Tail {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { bytes: Arc::default(), capacity }
    }

    fn push(&self, new: &[u8]) {
        let new = last(new, self.capacity);
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(new);
        if bytes.len() > 2 * self.capacity {
            let excess = bytes.len() - self.capacity;
            bytes.drain(..excess);
        }
    }

    /// The kept text, with what is not UTF-8 replaced.
    pub(crate) fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(last(&bytes, self.capacity)).into_owned()
    }
}

fn last(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(count)..).unwrap_or_default()
}

impl IsTerminal for Tail {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Tail {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Tail {
    async fn ready(&mut self) {}
}

impl OutputStream for Tail {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

impl AsyncWrite for Tail {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_end_of_a_flood() {
        let tail = Tail::new(8);
        tail.push(b"0123456789abcdef");
        tail.push(b"XY");
        assert_eq!(tail.text(), "abcdefXY");
        (0..100).for_each(|_| tail.push(b"more"));
        assert_eq!(tail.text(), "moremore");
    }
}
