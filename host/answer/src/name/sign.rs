//! What has the sign of a name in a line where nothing could be read as one.
//!
//! A name that is given is used or refused, and never passed over: whatever comes after it would go to the file before.
//! So a line is asked twice. Every text in it that may be called so by a file is one where there is a file like that,
//! whatever characters it has. And where there is none, an ending, a folder or a label for files is enough to refuse
//! what follows, if it stands where the name of a file would.

use super::{
    Name, Named, Unusable,
    decoration::Bare,
    path::usable,
    reason::NOT_THERE,
    remark,
    words::{begins_sentence, ends_like_a_file, has_folders, is_no_file, is_pattern},
};
use orchestrator_core::RelativePath;

/// Most words that a name with blanks in a sentence has.
const WORDS_MAX: usize = 4;
/// Longest line that is asked twice, in bytes: no line that names a file is as long.
const ASKED_MAX: usize = 2048;
/// Longest line whose words are asked for together, in bytes.
const LINE_MAX: usize = 400;
/// Words after which the file is named that the sentence is about.
const LEADS: &str = "in to for at into update updating updated edit editing edited create creating created add adding added \
    modify modifying modified change changing changed file called named new patch patching replace rewrite fix inside within";
/// Those of them that say where.
const PLACES: &str = "in inside into within file";
/// Programs whose arguments are names of files that exist for them, and words that code begins with.
const COMMANDS: &str = "node npm npx yarn pnpm python python3 pip cargo go git cp mv rm cat vim vi nano code touch sh bash make \
    curl wget docker deno bun ruby php java javac gcc cc clang rustc tsc eslint prettier jest vitest sed awk grep diff patch \
    chmod import require from export const let var new return use";

/// The reading of a line, with all that may be a name in it because a file is called so; and a claim, where it has the
/// sign of one.
pub(super) fn settle(named: Named, line: &str, bare: &Bare<'_>) -> Named {
    let mut name = match named {
        named if matches!(named, Named::Unusable(_)) || line.len() > ASKED_MAX => return named,
        Named::Name(name) => name,
        Named::Nothing | Named::Unusable(_) => Name::default(),
    };
    let spans = spans(bare.text);
    let head = without_remark(bare.text);
    let inner = head.trim_start_matches(['@', '(']).trim_end_matches(')');
    add(&mut name.exact, [line.trim(), bare.whole.trim_end_matches([':', ' ']), bare.text, head]);
    if !inner.contains(char::is_whitespace) && !head.contains('/') {
        add(&mut name.exact, [inner]);
    }
    if name.claims {
        let read: Vec<String> = name.candidates.iter().map(ToString::to_string).collect();
        read.iter().for_each(|path| add(&mut name.exact, ending_in(bare.text, path)));
    } else {
        let introduces = introduces(line, bare);
        let is_one =
            |span: &&Span<'_>| span.is_odd() || introduces && span.left == 0 && span.is_led_by(LEADS);
        add(&mut name.others, spans.iter().filter(is_one).map(|span| span.text));
        add(&mut name.others, with_blanks(bare.text));
    }
    name.exact.retain(|path| !name.candidates.contains(path));
    name.others.retain(|path| !name.candidates.contains(path) && !name.exact.contains(path));
    if name.claims {
        name.alone |= is_name_with_blanks(bare.text);
    } else if let Some((text, alone)) = find(line, bare, &spans) {
        name.claims = true;
        name.alone = alone;
        name.doubt = Some(NOT_THERE);
        if let Ok(path) = usable(text) {
            name.candidates.retain(|other| *other != path);
            name.candidates.insert(0, path);
        } else if name.candidates.is_empty() && name.exact.is_empty() {
            return Named::Unusable(Unusable { text: text.to_owned(), reason: NOT_THERE.into() });
        }
    }
    if name.candidates.is_empty() {
        // What is asked for alone is the line as a whole.
        name.candidates = std::mem::take(&mut name.exact);
    }
    if name.candidates.is_empty() && !name.others.is_empty() {
        name.candidates.push(name.others.remove(0));
    }
    if name.candidates.is_empty() { Named::Nothing } else { Named::Name(name) }
}

fn add<'l>(paths: &mut Vec<RelativePath>, texts: impl IntoIterator<Item = &'l str>) {
    for text in texts {
        if let Ok(path) = usable(text)
            && !paths.contains(&path)
        {
            paths.push(path);
        }
    }
}

/// A line without what is said of a name behind a dash, and without the number of a line.
fn without_remark(text: &str) -> &str {
    let dash = [" - ", " -- ", " \u{2013} ", " \u{2014} "].iter().filter_map(|dash| text.find(dash)).min();
    let text = dash.and_then(|at| text.get(..at)).unwrap_or(text).trim_end();
    remark::line_number(text).unwrap_or(text)
}

/// The words that begin with a folder, together with those after it: a name may have blanks.
fn with_blanks(text: &str) -> Vec<&str> {
    if text.len() > LINE_MAX {
        return Vec::new();
    }
    let ends = |text: &str| -> Vec<usize> {
        text.match_indices(char::is_whitespace)
            .map(|(at, _)| at)
            .chain([text.len()])
            .skip(1)
            .take(WORDS_MAX - 1)
            .collect()
    };
    let words = text.split_whitespace().filter(|word| has_folders(word));
    let rests = words.filter_map(|word| text.get(text.find(word)?..));
    rests.flat_map(|rest| ends(rest).into_iter().filter_map(|end| rest.get(..end)).map(peeled)).collect()
}

/// The words before `path` with it, most of them first: a name may have blanks.
fn ending_in<'l>(text: &'l str, path: &str) -> Vec<&'l str> {
    let Some(at) = text.rfind(path).filter(|_| text.len() <= LINE_MAX) else { return Vec::new() };
    let end = at + path.len();
    let begins = |(at, c): (usize, char)| c.is_whitespace().then_some(at + c.len_utf8());
    let mut starts: Vec<usize> =
        text.get(..at).unwrap_or_default().char_indices().filter_map(begins).collect();
    starts.insert(0, 0);
    let of_name =
        |start: usize| text.get(start..end).map(|text| text.trim_start_matches(['(', '"', '*', '_', '\'']));
    let first = starts.len().saturating_sub(WORDS_MAX);
    let joined = starts.into_iter().skip(first).filter_map(of_name);
    joined.filter(|text| text.contains(char::is_whitespace) && !text.contains('`')).collect()
}

/// A text of a line that may be a name: what is between backticks or quotes, or a word.
#[derive(Debug, Clone, Copy)]
struct Span<'l> {
    text: &'l str,
    ticked: bool,
    /// The word before it.
    before: &'l str,
    /// Words that follow.
    left: usize,
}

impl Span<'_> {
    /// Whether it is a name where a file has it, and is not read as a word that may be one.
    fn is_odd(&self) -> bool {
        self.ticked || has_folders(self.text)
    }

    fn is_led_by(&self, words: &str) -> bool {
        words.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(self.before))
    }
}

fn spans(text: &str) -> Vec<Span<'_>> {
    let mut found: Vec<Span<'_>> = Vec::new();
    let mut before = "";
    let pieces = text.split('`').count();
    for (at, piece) in text.split('`').enumerate() {
        let is_ticked = at % 2 == 1 && at + 1 < pieces;
        let parts: Vec<&str> =
            if is_ticked { vec![piece.trim()] } else { piece.split_whitespace().collect() };
        for part in parts {
            let text = if is_ticked { part } else { peeled(part) };
            if !text.contains(char::is_alphanumeric) {
                continue;
            }
            found.push(Span { text, ticked: is_ticked, before, left: 0 });
            before = text;
        }
    }
    found.iter_mut().rev().enumerate().for_each(|(left, span)| span.left = left);
    found
}

/// A word without the punctuation and the emphasis around it.
fn peeled(word: &str) -> &str {
    let around = |c: char| "*_\"',;:!\u{201c}\u{201d}\u{201e}\u{2018}\u{2019}\u{2026}".contains(c);
    let text = word.trim_end_matches(['.', ',', ';', ':', '!', '?']).trim_matches(around);
    let inner =
        text.strip_prefix('(').filter(|inner| !inner.contains('(')).map(|inner| inner.trim_end_matches(')'));
    inner.unwrap_or(text)
}

/// The text that has the sign of a name, and whether it is all of the line.
fn find<'l>(line: &str, bare: &Bare<'l>, spans: &[Span<'l>]) -> Option<(&'l str, bool)> {
    let text = without_remark(bare.text);
    if bare.filed && text.contains(char::is_alphanumeric) {
        return Some((text, true));
    }
    if !text.contains(char::is_whitespace) {
        return is_path(text, bare).then_some((text, true));
    }
    if is_name_with_blanks(text) || is_few_words_below_a_folder(text) {
        return Some((text, true));
    }
    let (ends_in_colon, introduces) = (ends_in_colon(line), introduces(line, bare));
    spans.iter().find(|span| is_sign(span, introduces, ends_in_colon)).map(|span| (span.text, false))
}

fn ends_in_colon(line: &str) -> bool {
    line.trim_end_matches(['*', '_', ' ', '"']).ends_with([':', '\u{ff1a}'])
}

/// Whether a line says what comes after it.
fn introduces(line: &str, bare: &Bare<'_>) -> bool {
    ends_in_colon(line) || begins_sentence(bare.text)
}

/// Whether a line of one word has the sign of a name.
fn is_path(text: &str, bare: &Bare<'_>) -> bool {
    let name = text.trim_end_matches(['.', ',', ':', ';', '!', '?', '\u{2026}']);
    let told = bare.is_exact() || !bare.marked;
    // A call is written on to what is called.
    let calls = |at: usize| name.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let is_code = name.ends_with(')') && name.match_indices('(').any(|(at, _)| calls(at));
    if is_code || name.starts_with("</") {
        return false;
    }
    has_folders(name)
        || ends_like_a_file(name) && (told || !is_no_file(name))
        || name.strip_prefix('@').is_some_and(ends_like_a_file)
}

/// Whether a text is the path of a file whose folders or name have blanks: what is before the first of them has a folder.
fn is_name_with_blanks(text: &str) -> bool {
    let Some((first, _)) = text.split_once(char::is_whitespace) else { return false };
    let few = text.split_whitespace().count() <= WORDS_MAX;
    few && has_folders(first)
        && !ends_like_a_file(first)
        && !first.starts_with("./")
        && ends_like_a_file(text)
}

fn is_few_words_below_a_folder(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|first| has_folders(first) && !ends_like_a_file(first)) && words.count() < 3
}

/// Whether a part of a sentence has the sign of a name. `introduces` says that the sentence says what comes.
fn is_sign(span: &Span<'_>, introduces: bool, ends_in_colon: bool) -> bool {
    let text = span.text;
    let is_led = span.is_led_by(LEADS);
    let is_last = span.left == 0;
    let is_meant = is_led && is_last && introduces || span.ticked && is_last && ends_in_colon;
    let is_of_place = span.ticked && ends_in_colon && span.is_led_by(PLACES);
    if is_pattern(text) && !(is_led && is_last) || is_no_file(text) || text.contains("://") {
        return false;
    }
    if text.contains(char::is_whitespace) {
        let first = text.split_whitespace().next().unwrap_or_default();
        let is_command =
            COMMANDS.split_ascii_whitespace().any(|known| known == first) || begins_sentence(text);
        return is_name_with_blanks(text)
            || !is_command && is_led && ends_like_a_file(text)
            || is_few_words_below_a_folder(text) && (is_meant || is_of_place);
    }
    let is_file = ends_like_a_file(text) && (span.ticked || has_folders(text) || is_meant);
    // The words that are left may be of the name.
    let is_begun = is_led && introduces && span.left < WORDS_MAX - 1 && !span.ticked;
    // Names in code are in letters of ASCII, as good as always.
    let is_no_code = span.ticked && is_led && is_meant && !text.is_ascii();
    is_file || is_no_code || has_folders(text) && (is_meant || is_of_place || is_begun)
}
