//! Entities of HTML and XML, which stand for characters that cannot be written otherwise.

/// Those that have a name, and are of names of files or of what is put around them.
const NAMED: [(&str, &str); 27] = [
    ("quot", "\""),
    ("apos", "'"),
    ("grave", "`"),
    ("nbsp", " "),
    ("lt", "<"),
    ("gt", ">"),
    ("amp", "&"),
    ("sol", "/"),
    ("bsol", "\\"),
    ("period", "."),
    ("lowbar", "_"),
    ("hyphen", "-"),
    ("dash", "-"),
    ("num", "#"),
    ("lpar", "("),
    ("rpar", ")"),
    ("lsqb", "["),
    ("lbrack", "["),
    ("rsqb", "]"),
    ("rbrack", "]"),
    ("lcub", "{"),
    ("rcub", "}"),
    ("dollar", "$"),
    ("plus", "+"),
    ("equals", "="),
    ("commat", "@"),
    ("colon", ":"),
];
/// Longest name or number, in bytes.
const LENGTH_MAX: usize = 8;

/// The text with the characters that its entities stand for. What stands for none that a text may have stays.
#[must_use]
pub fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        match read(entity) {
            Some((character, length)) => {
                out.push_str(&character);
                rest = entity.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// What the entity that `text` begins with stands for, and how long it is.
fn read(text: &str) -> Option<(String, usize)> {
    let reach = text.as_bytes().get(1..text.len().min(LENGTH_MAX + 2))?;
    let end = reach.iter().position(|byte| *byte == b';')?;
    let name = text.get(1..=end)?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let character = char::from_u32(code).filter(|character| !character.is_control())?;
            if character == '\u{a0}' { " ".to_owned() } else { character.to_string() }
        }
        None => {
            NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| (*character).to_owned())?
        }
    };
    Some((character, end + 2))
}

#[cfg(test)]
mod tests {
    use super::without_entities;

    #[test]
    fn names_and_numbers_of_characters_are_read_once() {
        for (text, read) in [
            ("src&sol;b&period;js", "src/b.js"),
            ("src&#47;b&#x2e;js", "src/b.js"),
            ("R&amp;D.md", "R&D.md"),
            ("&amp;lt;", "&lt;"),
            ("a & b; c", "a & b; c"),
            ("&unknown;&#0;&#xd800;&;", "&unknown;&#0;&#xd800;&;"),
            ("&#128512;", "\u{1f600}"),
            ("&", "&"),
        ] {
            assert_eq!(without_entities(text), read, "{text}");
        }
    }
}
