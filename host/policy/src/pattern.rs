//! Which argument lists a program may be started with.
//!
//! A pattern is a list of words, one for each argument, and it is compared with the arguments one by one. It is never
//! compared with a joined command line: there, a blank or a quote inside an argument would shift what belongs to which
//! word, and that has been the hole in more than one allow-list. For the same reason there is no wildcard inside a
//! word. A word is a literal (`test`), a choice (`{test|lint}`) or a type (`{path}`); `*` after the braces means any
//! number of them, `+` at least one, `?` one or none.
//!
//! Comparing follows all possibilities at once, so its time is bounded by arguments times words, whatever the pattern.
//! What this costs: an argument's meaning to the program (`--output=/etc/x`) is known only as far as a type knows it.
//! A list of programs says what is intended; it is the sandbox around them that confines what they do.

use std::fmt;

/// Most words of a pattern.
const WORDS_MAX: usize = 64;

/// The types of arguments, with what they take.
pub(crate) const TYPES: [(&str, &str); 6] = [
    ("any", "anything"),
    ("flag", "an option, such as -q, --quiet or --level=3; its value holds no absolute path and no '..'"),
    ("path", "a path inside the project: relative, without '..', not beginning with '-'"),
    ("name", "letters, digits, '-', '_', '.' and ':', beginning with a letter"),
    ("number", "digits"),
    ("package", "a package of a registry with an optional version; no address, no path"),
];

/// One line of a list of programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    takes: Takes,
    /// It may be missing.
    optional: bool,
    /// It may come any number of times; then it is optional as well.
    repeats: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Takes {
    Literal(String),
    OneOf(Vec<String>),
    Any,
    Flag,
    Path,
    Name,
    Number,
    Package,
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern '{pattern}' cannot be read: {reason}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Pattern {
    /// Reads a pattern: words separated by blanks, the first of which is the program.
    ///
    /// # Errors
    /// When it is empty or too long, or a word makes no sense.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::of_words(text.split_whitespace())
    }

    /// Makes a pattern of its words, which may then contain blanks.
    ///
    /// # Errors
    /// As for [`Pattern::parse`].
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternError> {
        let words: Vec<&str> = words.into_iter().collect();
        let text = words.join(" ");
        let wrong = |reason: String| PatternError { pattern: text.clone(), reason };
        if words.is_empty() {
            return Err(wrong("it is empty; the first word is the program, such as \"npm test\"".into()));
        }
        if words.len() > WORDS_MAX {
            return Err(wrong(format!("it has {} words; at most {WORDS_MAX} are read", words.len())));
        }
        let words =
            words.iter().map(|word| Word::parse(word)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let words: Vec<Word> = words.into_iter().flatten().collect();
        let names_program = words.first().is_some_and(|program| {
            !program.optional && matches!(program.takes, Takes::Literal(_) | Takes::OneOf(_))
        });
        match names_program {
            true => Ok(Self { text, words }),
            false => Err(PatternError {
                pattern: text,
                reason: "its first word must name the program, or be a choice of names such as {node|npm}"
                    .into(),
            }),
        }
    }

    /// Whether it accepts this argument list, the program included.
    #[must_use]
    pub fn accepts(&self, argv: &[String]) -> bool {
        // `open[i]`: the arguments so far can be read as the words before `i`.
        let mut open = vec![false; self.words.len() + 1];
        set(&mut open, 0);
        self.pass_over(&mut open);
        for argument in argv {
            let mut next = vec![false; open.len()];
            for (index, word) in self.words.iter().enumerate() {
                if open.get(index) == Some(&true) && word.takes.accepts(argument) {
                    set(&mut next, if word.repeats { index } else { index + 1 });
                }
            }
            self.pass_over(&mut next);
            open = next;
        }
        open.last() == Some(&true)
    }

    /// Words that may be missing may be passed over.
    fn pass_over(&self, open: &mut [bool]) {
        for (index, word) in self.words.iter().enumerate() {
            if word.optional && open.get(index) == Some(&true) {
                set(open, index + 1);
            }
        }
    }

    /// Whether it can start a program of this name.
    #[must_use]
    pub fn names(&self, program: &str) -> bool {
        self.words.first().is_some_and(|word| word.takes.accepts(program))
    }
}

fn set(open: &mut [bool], index: usize) {
    if let Some(place) = open.get_mut(index) {
        *place = true;
    }
}

impl Word {
    /// Reads a word; one that comes at least once becomes two, of which the second may be missing.
    fn parse(word: &str) -> Result<Vec<Self>, String> {
        let (body, optional, repeats, twice) = match word.chars().last() {
            Some('*') if word.starts_with('{') => (cut(word), true, true, false),
            Some('?') if word.starts_with('{') => (cut(word), true, false, false),
            Some('+') if word.starts_with('{') => (cut(word), true, true, true),
            _ => (word, false, false, false),
        };
        let takes = Takes::parse(body)?;
        let rest = Self { takes: takes.clone(), optional, repeats };
        Ok(match twice {
            true => vec![Self { takes, optional: false, repeats: false }, rest],
            false => vec![rest],
        })
    }
}

fn cut(word: &str) -> &str {
    word.get(..word.len() - 1).unwrap_or_default()
}

impl Takes {
    fn parse(body: &str) -> Result<Self, String> {
        let Some(inside) = body.strip_prefix('{').and_then(|body| body.strip_suffix('}')) else {
            return match body.contains(['{', '}', '*', '?', '[', ']', '\0']) {
                true => Err(format!(
                    "'{body}' mixes text with a wildcard; a word is a text, a choice such as {{test|lint}}, or a type \
                     such as {{path}}, each followed by '*', '+' or '?' where it may come often or be missing"
                )),
                false => Ok(Self::Literal(body.to_owned())),
            };
        };
        if inside.contains('|') {
            return match inside
                .split('|')
                .all(|choice| !choice.is_empty() && !choice.contains(['{', '}', '*', '?']))
            {
                true => Ok(Self::OneOf(inside.split('|').map(str::to_owned).collect())),
                false => Err(format!("'{body}' has an empty choice, or a wildcard in one")),
            };
        }
        Ok(match inside {
            "any" => Self::Any,
            "flag" => Self::Flag,
            "path" => Self::Path,
            "name" => Self::Name,
            "number" => Self::Number,
            "package" => Self::Package,
            _ => {
                let known: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
                return Err(format!("there is no type '{inside}'; there are {}", known.join(", ")));
            }
        })
    }

    fn accepts(&self, argument: &str) -> bool {
        match self {
            Self::Literal(text) => text == argument,
            Self::OneOf(choices) => choices.iter().any(|choice| choice == argument),
            Self::Any => true,
            Self::Flag => is_flag(argument),
            Self::Path => is_path(argument),
            Self::Name => is_name(argument),
            Self::Number => !argument.is_empty() && argument.chars().all(|c| c.is_ascii_digit()),
            Self::Package => is_package(argument),
        }
    }
}

fn is_flag(argument: &str) -> bool {
    let (name, value) =
        argument.split_once('=').map_or((argument, None), |(name, value)| (name, Some(value)));
    let Some(name) = name.strip_prefix("--").or_else(|| name.strip_prefix('-')) else { return false };
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    named && value.is_none_or(|value| value.is_empty() || is_path(value))
}

fn is_path(argument: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_./@+, ".contains(c);
    !argument.is_empty()
        && !argument.starts_with(['-', '/', ' ', '@'])
        && argument.chars().all(plain)
        && argument.split('/').all(|part| part != "..")
}

fn is_name(argument: &str) -> bool {
    argument.starts_with(|c: char| c.is_ascii_alphabetic())
        && argument.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c))
}

/// `left-pad`, `@types/node`, `react@^19.0.0`, `pytest>=8`; no address, no path, no option.
fn is_package(argument: &str) -> bool {
    let bare = argument.strip_prefix('@').unwrap_or(argument);
    let end = bare.find(['@', '=', '<', '>', '~', '^', '!']).unwrap_or(bare.len());
    let (name, version) = bare.split_at(end);
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    let scoped = argument.starts_with('@');
    let parts: Vec<&str> = name.split('/').collect();
    parts.len() == if scoped { 2 } else { 1 }
        && parts.into_iter().all(part)
        && version.chars().all(|c| c.is_ascii_alphanumeric() || "@=<>~^!.,*-+".contains(c))
}

#[cfg(test)]
mod tests;
