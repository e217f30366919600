//! The lines that begin and end a fenced block, as Markdown has them.

/// A fence that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fence {
    /// `` ` `` or `~`.
    pub(crate) mark: u8,
    /// How many of them; the end has at least as many.
    pub(crate) length: usize,
}

impl Fence {
    /// The fence that `line` opens, and the words after it. Blanks around the line do not matter.
    pub(crate) fn opened_by(line: &[u8]) -> Option<(Self, &[u8])> {
        let line = line.trim_ascii();
        let mark = *line.first().filter(|mark| is_mark(**mark))?;
        let length = line.iter().take_while(|byte| **byte == mark).count();
        let info = line.get(length..)?.trim_ascii();
        // Code between backticks on one line is no block.
        (length >= 3 && !info.contains(&b'`')).then_some((Self { mark, length }, info))
    }

    /// Whether `line` ends the block.
    pub(crate) fn is_closed_by(self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        line.len() >= self.length && line.iter().all(|byte| *byte == self.mark)
    }
}

pub(crate) fn is_mark(byte: u8) -> bool {
    matches!(byte, b'`' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_marks_or_more_open_a_block() {
        let opened = |line: &'static str| {
            Fence::opened_by(line.as_bytes())
                .map(|(fence, info)| (fence.mark as char, fence.length, std::str::from_utf8(info).unwrap()))
        };
        assert_eq!(opened("```js src/a.js \r\n"), Some(('`', 3, "js src/a.js")));
        assert_eq!(opened("  ~~~~"), Some(('~', 4, "")));
        assert_eq!(opened("``"), None);
        assert_eq!(opened("``` a ` b"), None);
        assert_eq!(opened("text"), None);
        assert_eq!(opened(""), None);
    }

    #[test]
    fn as_many_marks_alone_on_a_line_close_it() {
        let fence = Fence { mark: b'`', length: 3 };
        assert!(fence.is_closed_by(b" ```` \r\n") && fence.is_closed_by(b"```"));
        assert!(!fence.is_closed_by(b"``") && !fence.is_closed_by(b"~~~") && !fence.is_closed_by(b"```js"));
    }
}
