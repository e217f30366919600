//! What injuries are made of: a diff with some of its lines written otherwise.

/// The parts of `@@ -1,2 +3,4 @@`.
pub(super) struct Header {
    old: (i64, i64),
    new: (i64, i64),
    number: i64,
}

impl Header {
    pub(super) fn parse(line: &str, number: i64) -> Option<Self> {
        let mut words = line.strip_prefix("@@ ")?.split(' ');
        let range = |word: &str| -> Option<(i64, i64)> {
            let (start, count) = word.get(1..)?.split_once(',').unwrap_or((word.get(1..)?, "1"));
            Some((start.parse().ok()?, count.parse().ok()?))
        };
        Some(Self { old: range(words.next()?)?, new: range(words.next()?)?, number })
    }

    pub(super) fn counts(self, more: i64) -> String {
        let count = |count: i64| (count + more).max(1);
        format!("@@ -{},{} +{},{} @@", self.old.0, count(self.old.1), self.new.0, count(self.new.1))
    }

    pub(super) fn shifted(self, by: i64) -> String {
        format!("@@ -{},{} +{},{} @@", self.old.0 + by, self.old.1, self.new.0 + by, self.new.1)
    }

    /// Not random at all, so that each run says the same.
    pub(super) fn at_random(self) -> String {
        let line = (self.number * 7919 + self.old.0 * 31) % 400 + 1;
        format!("@@ -{line},{} +{line},{} @@", self.old.1, self.new.1)
    }
}

pub(super) fn headers(diff: &str, with: impl Fn(Header) -> String) -> String {
    let mut number = 0;
    let line = |line: &str| {
        number += 1;
        Header::parse(line, number).map_or_else(|| line.to_owned(), &with)
    };
    joined(diff.lines().map(line))
}

fn joined(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

/// Gives each line of the hunks, with its sign, to `with`.
pub(super) fn body(diff: &str, with: impl Fn(&str) -> Option<String>) -> String {
    body_with(diff, |_, line| with(line).into_iter().collect())
}

/// As [`body`], with the line's number in its hunk.
pub(super) fn body_with(diff: &str, with: impl Fn(usize, &str) -> Vec<String>) -> String {
    let (mut inside, mut at) = (false, 0);
    let mut found = Vec::new();
    for line in diff.lines() {
        if line.starts_with("@@") {
            (inside, at) = (true, 0);
            found.push(line.to_owned());
        } else if inside {
            found.extend(with(at, line));
            at += 1;
        } else {
            found.push(line.to_owned());
        }
    }
    joined(found.into_iter())
}

pub(super) fn context(diff: &str, with: impl Fn(&str) -> Option<String>) -> String {
    body(diff, |line| if line.starts_with(' ') { with(line) } else { Some(line.to_owned()) })
}

/// Injures context line `which` of every hunk that has it, if it is no blank line. A line at the edge of a change which
/// has nothing on its other side is spared: without it the diff is a sound one, and says something else.
pub(super) fn one_context(diff: &str, which: usize, with: impl Fn(&str) -> Option<String>) -> Option<String> {
    let lines: Vec<&str> = diff.lines().collect();
    let (mut seen, mut inside, mut found) = (0, false, Vec::new());
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("@@") {
            (inside, seen) = (true, 0);
        } else if inside && line.starts_with(' ') {
            seen += 1;
            if seen == which + 1 && !line.trim().is_empty() && !holds_alone(&lines, at) {
                found.extend(with(line));
                continue;
            }
        }
        found.push((*line).to_owned());
    }
    changed(diff, &fenced(&joined(found.into_iter())))
}

/// Whether the line at `at` is all that shows where lines beside it are added.
fn holds_alone(lines: &[&str], at: usize) -> bool {
    let after: Vec<&str> = lines.iter().skip(at + 1).copied().collect();
    let before: Vec<&str> = lines.iter().take(at).rev().copied().collect();
    [after, before].iter().any(|beyond| {
        let changes = beyond
            .iter()
            .take_while(|line| line.starts_with(['+', '-', '\\']) && !line.starts_with("+++ "))
            .count();
        changes > 0 && beyond.get(changes).is_none_or(|line| line.starts_with("@@"))
    })
}

/// Something, if every hunk has a line of the old file like this.
pub(super) fn shown(diff: &str, like: impl Fn(&str) -> bool) -> Option<()> {
    let hunks = without_headers(diff);
    let old = |hunk: &str| {
        hunk.lines().any(|line| line.starts_with([' ', '-']) && like(line.get(1..).unwrap_or_default()))
    };
    hunks.split("\n@@").all(old).then_some(())
}

pub(super) fn is_indented(line: &str) -> bool {
    line.starts_with("    ") && !line.trim().is_empty()
}

/// Whether every hunk removes lines in one place and adds there.
pub(super) fn is_one_replacement_a_hunk(diff: &str) -> bool {
    let one = |hunk: &str| {
        let signs: String = hunk.lines().skip(1).filter_map(|line| line.chars().next()).collect();
        let changes = signs.trim_matches([' ', '\\']);
        changes.starts_with('-') && !changes.contains(' ')
    };
    without_headers(diff).split("\n@@").all(one)
}

/// The indentation of every line of the hunks, changed; none if one cannot be.
pub(super) fn indented(diff: &str, with: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut possible = true;
    let mut outcome = Vec::new();
    let mut inside = false;
    for line in diff.lines() {
        inside |= line.starts_with("@@");
        let text = line.get(1..).unwrap_or_default();
        if !inside || line.starts_with("@@") || line.starts_with('\\') || text.trim().is_empty() {
            outcome.push(line.to_owned());
            continue;
        }
        let rest = text.trim_start_matches(' ');
        let blanks = text.strip_suffix(rest).unwrap_or_default();
        match with(blanks) {
            Some(new) if !rest.starts_with('\t') => {
                outcome.push(format!("{}{new}{rest}", line.get(..1).unwrap_or_default()))
            }
            _ => possible = false,
        }
    }
    possible.then(|| joined(outcome.into_iter()))
}

pub(super) fn without_headers(diff: &str) -> String {
    diff.find("@@").and_then(|at| diff.get(at..)).unwrap_or_default().to_owned()
}

pub(super) fn lines_kept(diff: &str, keep: impl Fn(usize, &str) -> bool) -> String {
    joined(diff.lines().enumerate().filter(|(at, line)| keep(*at, line)).map(|(_, line)| line.to_owned()))
}

pub(super) fn is_name(line: &str) -> bool {
    line.starts_with("--- ") || line.starts_with("+++ ")
}

pub(super) fn fenced(diff: &str) -> String {
    // Longer than any fence in the files, which are Markdown too.
    format!("`````diff\n{diff}`````\n")
}

pub(super) fn changed(diff: &str, injured: &str) -> Option<String> {
    let bare =
        injured.strip_prefix("`````diff\n").and_then(|text| text.strip_suffix("`````\n")).unwrap_or(injured);
    (bare != diff).then(|| injured.to_owned())
}

pub(super) fn reversed(diff: &str) -> Option<String> {
    let at = diff.find("\n@@")? + 1;
    let (head, body) = diff.split_at(at);
    let mut hunks: Vec<String> = Vec::new();
    for line in body.lines() {
        match hunks.last_mut() {
            Some(hunk) if !line.starts_with("@@") => hunk.push_str(&format!("{line}\n")),
            _ => hunks.push(format!("{line}\n")),
        }
    }
    hunks.reverse();
    (hunks.len() > 1).then(|| format!("{head}{}", hunks.concat()))
}

pub(super) fn smart(line: &str) -> String {
    let mut open = false;
    let quote = |character: char| match character {
        '"' => {
            open = !open;
            if open { '\u{201c}' } else { '\u{201d}' }
        }
        other => other,
    };
    let (sign, text) = line.split_at(1.min(line.len()));
    format!("{sign}{}", text.chars().map(quote).collect::<String>())
}

/// Says the same in other words, as far as a test can.
pub(super) fn reworded(line: &str) -> String {
    match line.rfind(' ').filter(|at| *at > 1) {
        Some(at) => format!("{} quite{}", &line[..at], &line[at..]),
        None => format!("{line} quite"),
    }
}

pub(super) fn is_comment(line: &str) -> bool {
    let text = line.get(1..).unwrap_or_default().trim_start();
    text.starts_with("//") || text.starts_with("# ")
}

pub(super) fn cut(diff: &str, part: usize) -> Option<String> {
    let at = diff.find("\n@@")? + 1;
    let (head, body) = diff.split_at(at);
    let lines: Vec<&str> = body.lines().collect();
    // After a line of a hunk that has more.
    let keep = (lines.len() / part).max(2);
    let next = lines.get(keep)?;
    let inside =
        !next.starts_with("@@") && !next.starts_with('\\') && !lines.get(keep - 1)?.starts_with("@@");
    inside.then(|| format!("{head}{}", joined(lines.iter().take(keep).map(|line| (*line).to_owned()))))
}

/// Without its last lines, as many as that, if what goes is of its last hunk alone.
pub(super) fn cut_before(diff: &str, lines: usize) -> Option<String> {
    let all: Vec<&str> = diff.lines().collect();
    let (kept, gone) = all.split_at(all.len().checked_sub(lines)?);
    let is_of_a_hunk = |line: &&str| !line.starts_with("@@") && !line.starts_with('\\');
    let inside = gone.iter().all(is_of_a_hunk) && kept.last().is_some_and(is_of_a_hunk);
    inside.then(|| joined(kept.iter().map(|line| (*line).to_owned())))
}

/// Takes the sign off one line of the first hunk that has several of its kind: the first of them, or the last.
pub(super) fn unsigned(diff: &str, sign: char, last: bool) -> Option<String> {
    let lines: Vec<&str> = diff.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("@@"))? + 1;
    let of_kind = |(_, line): &(usize, &&str)| line.starts_with(sign) && line.len() > 2;
    let mut found = lines.iter().enumerate().skip(start).filter(of_kind).map(|(at, _)| at);
    let at = if last { found.next_back()? } else { found.next()? };
    let line = |(number, line): (usize, &&str)| {
        if number == at { line.get(1..).unwrap_or_default().to_owned() } else { (*line).to_owned() }
    };
    Some(joined(lines.iter().enumerate().map(line)))
}
