//! The lines that begin and end a fenced block, as Markdown has them, also within the items of a list.

/// A fence that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// `` ` `` or `~`.
    pub mark: u8,
    /// How many of them; the end has at least as many.
    pub length: usize,
    /// How many blanks its lines are indented by, because the block is in a list: those are not the code's.
    pub indent: usize,
}

impl Fence {
    /// The fence that `line` opens, and the words after it. It may be indented, and may come right after the mark of a
    /// list's item.
    #[must_use]
    pub fn opened_by(line: &[u8]) -> Option<(Self, &[u8])> {
        let line = line.trim_ascii_end();
        let indent = content(line);
        let line = line.get(indent..)?;
        let mark = *line.first().filter(|mark| is_mark(**mark))?;
        let length = line.iter().take_while(|byte| **byte == mark).count();
        let info = line.get(length..)?.trim_ascii();
        // What is between the marks of one line is no block.
        let is_closed = info.contains(&b'`') || mark == b'~' && info.ends_with(b"~~~");
        (length >= 3 && !is_closed).then_some((Self { mark, length, indent }, info))
    }

    /// Whether `line` ends the block, however far it is indented.
    #[must_use]
    pub fn is_closed_by(self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        line.len() >= self.length && line.iter().all(|byte| *byte == self.mark)
    }

    /// Whether `line` ends the block and is indented no further than it began: what is indented further is a line of the
    /// block, such as the context of a diff.
    #[must_use]
    pub fn is_closed_at_margin_by(self, line: &[u8]) -> bool {
        blanks(line) <= self.indent && self.is_closed_by(line)
    }

    /// A line of the block without the blanks that the block is indented by.
    #[must_use]
    pub fn unindented(self, line: &[u8]) -> &[u8] {
        line.get(blanks(line).min(self.indent)..).unwrap_or_default()
    }
}

/// Whether `byte` is what fences are made of.
#[must_use]
pub fn is_mark(byte: u8) -> bool {
    matches!(byte, b'`' | b'~')
}

/// Where the text of a line begins, after blanks and at most one mark of a list's item (`-`, `*`, `1.`, `1)`).
fn content(line: &[u8]) -> usize {
    let start = blanks(line);
    let rest = line.get(start..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mark = match (digits, rest.get(digits)) {
        (0, Some(b'-' | b'*')) | (1..=9, Some(b'.' | b')')) => digits + 1,
        _ => return start,
    };
    match blanks(rest.get(mark..).unwrap_or_default()) {
        0 => start,
        after => start + mark + after,
    }
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_marks_or_more_open_a_block() {
        let opened = |line: &'static str| {
            Fence::opened_by(line.as_bytes()).map(|(fence, info)| {
                (fence.mark as char, fence.length, fence.indent, String::from_utf8_lossy(info).into_owned())
            })
        };
        assert_eq!(opened("```js src/a.js \r\n"), Some(('`', 3, 0, "js src/a.js".into())));
        assert_eq!(opened("  ~~~~"), Some(('~', 4, 2, String::new())));
        assert_eq!(opened("- ```diff"), Some(('`', 3, 2, "diff".into())));
        assert_eq!(opened(" 12. ```"), Some(('`', 3, 5, String::new())));
        assert_eq!(opened("``"), None);
        assert_eq!(opened("``` a ` b"), None);
        assert_eq!(opened("~~~ a ~~~"), None);
        assert_eq!(opened("~~~ a~"), Some(('~', 3, 0, "a~".into())));
        assert_eq!(opened("-```"), None);
        assert_eq!(opened("text"), None);
        assert_eq!(opened(""), None);
    }

    #[test]
    fn as_many_marks_alone_on_a_line_close_it() {
        let fence = Fence { mark: b'`', length: 3, indent: 0 };
        assert!(fence.is_closed_by(b" ```` \r\n") && fence.is_closed_by(b"```"));
        assert!(!fence.is_closed_by(b"``") && !fence.is_closed_by(b"~~~") && !fence.is_closed_by(b"```js"));
        assert!(fence.is_closed_at_margin_by(b"```") && !fence.is_closed_at_margin_by(b" ```"));
    }

    #[test]
    fn a_block_in_a_list_is_read_without_its_indentation() {
        let fence = Fence { mark: b'`', length: 3, indent: 3 };
        assert!(fence.is_closed_at_margin_by(b"   ```") && !fence.is_closed_at_margin_by(b"    ```"));
        assert_eq!(fence.unindented(b"    code"), b" code");
        assert_eq!(fence.unindented(b" code"), b"code");
    }
}
