//! Typographic quotes that mean something else once they are plain: an apostrophe within quotes ends them.

use crate::keys::typographic;

/// What an open quote of a line is.
#[derive(Clone, Copy)]
struct Open {
    plain: char,
    is_typographic: bool,
}

/// The quote of `line` that would end a text within the line, or begin one in it, if all typographic ones were plain.
pub(crate) fn doubled(line: &str) -> Option<char> {
    let text: Vec<char> = line.chars().collect();
    let at = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or(' ');
    let mut open: Option<Open> = None;
    // Plain forms of typographic pairs that were closed: what comes after one as a lone end is of none.
    let mut closed: Vec<char> = Vec::new();
    let mut next = 0;
    while let Some(own) = text.get(next).copied() {
        let place = next;
        next += 1;
        let Some(plain) = quote(own) else { continue };
        if (1..3).all(|ahead| quote(at(Some(place + ahead))) == Some(plain)) {
            // Three of them are a mark of their own in some languages.
            next += 2;
            continue;
        }
        let (before, after) = (at(place.checked_sub(1)), at(Some(place + 1)));
        let is_typographic = own != plain;
        let is_within_word = before.is_alphanumeric() && after.is_alphanumeric();
        open = match open {
            _ if before == '\\' => open,
            Some(Open { plain: begun, .. }) if begun != plain => open,
            Some(Open { is_typographic: false, .. }) if is_typographic => return Some(own),
            Some(Open { is_typographic: false, .. }) => None,
            Some(_) if !is_typographic || begins(own) || is_within_word => return Some(own),
            Some(_) => {
                closed.push(plain);
                None
            }
            None if plain == '\'' && is_within_word => None,
            None if is_typographic && !begins(own) && before.is_alphanumeric() => {
                if closed.contains(&plain) {
                    return Some(own);
                }
                None
            }
            None => Some(Open { plain, is_typographic }),
        };
    }
    None
}

/// The plain form of a quote.
fn quote(character: char) -> Option<char> {
    if matches!(character, '\'' | '"') {
        return Some(character);
    }
    let plain = typographic(character)?.chars().next()?;
    matches!(plain, '\'' | '"').then_some(plain)
}

fn begins(quote: char) -> bool {
    matches!(quote, '\u{2018}' | '\u{201a}' | '\u{201b}' | '\u{201c}' | '\u{201e}' | '\u{201f}')
}

#[cfg(test)]
mod tests {
    use super::doubled;

    #[test]
    fn an_apostrophe_or_a_quote_within_quotes_of_its_kind_is_told() {
        for line in [
            "f(‘a’, ‘it’s’);",
            "print(“He said “no””)",
            "echo ‘l’été’;",
            "f(\"he said “no”\")",
            "f(‘the dogs’ toys’)",
            "f(“a \"b\" c”)",
        ] {
            assert!(doubled(line).is_some(), "{line}");
        }
    }

    #[test]
    fn quotes_that_end_what_they_began_are_not() {
        for line in [
            "const t = “c”;",
            "f(‘a’); // don’t",
            "f(‘a’, ‘b’)",
            "f(“it’s”, ‘say “no”’)",
            "echo ”a”",
            "tmp=“$(mktemp -t yazi)”",
            "“““What it does.”””",
            "f(“a”); // it's the dogs’ one",
            "say(“a \\“b\\” c”)",
            "// the dogs’ toys",
            "",
        ] {
            assert_eq!(doubled(line), None, "{line}");
        }
    }
}
