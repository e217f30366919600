//! JSON with comments, as JSON.

/// The same text with blanks for comments and for commas before closing brackets, so that every character stays where it
/// is. What is in a string stays.
pub(super) fn blanked(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    // Where the last comma is that nothing but blanks and comments followed.
    let mut comma = None;
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let length = match first {
            b'"' => string(rest),
            b'/' => comment(rest),
            _ => 1,
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        match first {
            b'/' if length > 1 => out.extend(token.iter().map(|byte| match byte {
                b'\n' | b'\r' => *byte,
                _ => b' ',
            })),
            _ => {
                match first {
                    b',' => comma = Some(out.len()),
                    b']' | b'}' => {
                        if let Some(place) = comma.take().and_then(|at: usize| out.get_mut(at)) {
                            *place = b' ';
                        }
                    }
                    _ if first.is_ascii_whitespace() => {}
                    _ => comma = None,
                }
                out.extend_from_slice(token);
            }
        }
        rest = if length == 1 { behind } else { after };
    }
    // Whole comments went, and single ASCII characters, so it is text as before.
    String::from_utf8_lossy(&out).into_owned()
}

/// The length of the string at the beginning, its quotes included.
pub(super) fn string(text: &[u8]) -> usize {
    let mut at = 1;
    loop {
        match text.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// The length of the comment at the beginning; 1 if there is none, or it has no end.
fn comment(text: &[u8]) -> usize {
    match text.get(1) {
        Some(b'/') => memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len()),
        Some(b'*') => {
            let end = text.get(2..).and_then(|inside| memchr::memmem::find(inside, b"*/"));
            end.map_or(1, |end| end + 4)
        }
        _ => 1,
    }
}
