//! The injuries: each takes a sound diff and gives it back as a model might have written it, or gives nothing where
//! there is nothing to injure in this way.

use super::history::Sample;

/// A way to spoil a diff.
pub(crate) struct Injury {
    pub(crate) name: &'static str,
    /// The diff as a model might have written it; none where there is nothing to injure in this way.
    pub(crate) injure: fn(&Sample) -> Option<String>,
    /// What is done to the file, before and after.
    pub(crate) file: fn(&str) -> String,
    /// Whether there is no right way to apply what is left.
    pub(crate) must_be_refused: bool,
}

const fn injury(name: &'static str, injure: fn(&Sample) -> Option<String>) -> Injury {
    Injury { name, injure, file: str::to_owned, must_be_refused: false }
}

pub(crate) const ALL: &[Injury] = &[
    injury("none", |sample| Some(sample.diff.clone())),
    injury("counts too high", |sample| Some(fenced(&headers(&sample.diff, |h| h.counts(3))))),
    injury("counts too low", |sample| Some(headers(&sample.diff, |h| h.counts(-2)))),
    injury("line numbers off by 200", |sample| Some(headers(&sample.diff, |h| h.shifted(200)))),
    injury("line numbers off by 3", |sample| Some(headers(&sample.diff, |h| h.shifted(3)))),
    injury("line numbers at random", |sample| Some(headers(&sample.diff, Header::at_random))),
    injury("bare @@", |sample| Some(headers(&sample.diff, |_| "@@".into()))),
    injury("@@ ... @@", |sample| Some(headers(&sample.diff, |_| "@@ ... @@".into()))),
    injury("no file headers", |sample| Some(without_headers(&sample.diff))),
    injury("only diff --git", |sample| Some(lines_kept(&sample.diff, |at, line| at > 2 || !is_name(line)))),
    injury("only +++", |sample| {
        Some(lines_kept(&sample.diff, |at, line| at > 2 || line.starts_with("+++ ")))
    }),
    injury("code fence and prose around", |sample| {
        Some(format!("Here it is:\n\n{}\nThat is all.\n- really\n", fenced(&sample.diff)))
    }),
    injury("trailing blanks in the diff", |sample| {
        Some(context(&sample.diff, |line| Some(format!("{line}  "))))
    }),
    injury("no line end after the last line", |sample| sample.diff.strip_suffix('\n').map(str::to_owned)),
    injury("blank context lines without their blank", |sample| {
        changed(&sample.diff, &sample.diff.replace("\n \n", "\n\n"))
    }),
    injury("context lines without their blank", |sample| {
        changed(
            &sample.diff,
            &fenced(&body(&sample.diff, |line| Some(line.strip_prefix(' ').unwrap_or(line).to_owned()))),
        )
    }),
    injury("four blanks written as a tab", |sample| {
        shown(&sample.diff, is_indented)?;
        let tabs = |blanks: &str| blanks.len().is_multiple_of(4).then(|| "\t".repeat(blanks.len() / 4));
        changed(&sample.diff, &indented(&sample.diff, tabs)?)
    }),
    injury("indented by four more", |sample| {
        shown(&sample.diff, |line| !line.trim().is_empty())?;
        indented(&sample.diff, |blanks| Some(format!("    {blanks}")))
    }),
    injury("outdented by four", |sample| {
        changed(
            &sample.diff,
            &indented(&sample.diff, |blanks| blanks.strip_prefix("    ").map(str::to_owned))?,
        )
    }),
    injury("diff with CR LF", |sample| Some(sample.diff.replace('\n', "\r\n"))),
    injury("no marker of a missing line end", |sample| {
        changed(&sample.diff, &body(&sample.diff, |line| (!line.starts_with('\\')).then(|| line.to_owned())))
            .or_else(|| Some(sample.diff.clone()))
    }),
    injury("hunks in reverse order", |sample| reversed(&sample.diff)),
    injury("smart quotes in context", |sample| {
        changed(&sample.diff, &context(&sample.diff, |line| Some(smart(line))))
    }),
    injury("smart quotes throughout", |sample| {
        let quoted = |line: &str| line.contains('"');
        shown(&sample.diff, quoted)?;
        changed(&sample.diff, &body(&sample.diff, |line| Some(smart(line))))
    }),
    injury("no-break spaces in context", |sample| {
        changed(
            &sample.diff,
            &context(&sample.diff, |line| {
                Some(format!("{}{}", &line[..1], line[1..].replacen(' ', "\u{a0}", 1)))
            }),
        )
    }),
    injury("first context line reworded", |sample| one_context(&sample.diff, 0, |line| Some(reworded(line)))),
    injury("second context line reworded", |sample| {
        one_context(&sample.diff, 1, |line| Some(reworded(line)))
    }),
    injury("third context line reworded", |sample| one_context(&sample.diff, 2, |line| Some(reworded(line)))),
    injury("first context line left out", |sample| one_context(&sample.diff, 0, |_| None)),
    injury("second context line left out", |sample| one_context(&sample.diff, 1, |_| None)),
    injury("third context line left out", |sample| one_context(&sample.diff, 2, |_| None)),
    injury("fourth context line left out", |sample| one_context(&sample.diff, 3, |_| None)),
    injury("comments left out of context", |sample| {
        changed(
            &sample.diff,
            &fenced(&context(&sample.diff, |line| (!is_comment(line)).then(|| line.to_owned()))),
        )
    }),
    injury("comments in context reworded", |sample| {
        changed(
            &sample.diff,
            &context(&sample.diff, |line| {
                Some(if is_comment(line) { format!("{line} and more") } else { line.to_owned() })
            }),
        )
    }),
    injury("a line in context that the file lacks", |sample| {
        Some(fenced(&body_with(&sample.diff, |at, line| {
            if at == 0 && line.starts_with(' ') {
                vec![line.to_owned(), " an_extra_line();".to_owned()]
            } else {
                vec![line.to_owned()]
            }
        })))
    }),
    injury("all context left out", |sample| {
        is_one_replacement_a_hunk(&sample.diff).then(|| fenced(&context(&sample.diff, |_| None)))
    }),
    injury("removed lines without their semicolon", |sample| {
        changed(
            &sample.diff,
            &body(&sample.diff, |line| {
                Some(match line.starts_with('-') {
                    true => line.trim_end_matches(';').to_owned(),
                    false => line.to_owned(),
                })
            }),
        )
    }),
    injury("bare @@, first context line left out", |sample| {
        one_context(&headers(&sample.diff, |_| "@@".into()), 0, |_| None)
    }),
    injury("bare @@, second context line reworded", |sample| {
        one_context(&headers(&sample.diff, |_| "@@".into()), 1, |line| Some(reworded(line)))
    }),
    Injury {
        file: |text| text.replace('\n', "\r\n"),
        ..injury("file with CR LF, diff with LF", |sample| Some(sample.diff.clone()))
    },
    Injury {
        file: |text| format!("\u{feff}{text}"),
        ..injury("file with a byte order mark", |sample| Some(sample.diff.clone()))
    },
    Injury {
        file: |text| text.lines().map(|line| format!("{line}  \n")).collect(),
        ..injury("trailing blanks in the file", |sample| {
            sample
                .diff
                .lines()
                .all(|line| !line.starts_with('+') || line.starts_with("+++"))
                .then(|| sample.diff.clone())
        })
    },
    Injury {
        file: |text| format!("{text}\n{text}"),
        must_be_refused: true,
        ..injury("everything in the file twice, bare @@", |sample| {
            (!sample.diff.contains("\n\\")).then(|| headers(&sample.diff, |_| "@@".into()))
        })
    },
    Injury {
        file: |text| format!("{text}\n{text}"),
        must_be_refused: true,
        ..injury("everything in the file twice, wrong numbers", |sample| {
            (!sample.diff.contains("\n\\")).then(|| headers(&sample.diff, |h| h.shifted(100_000)))
        })
    },
    Injury { must_be_refused: true, ..injury("cut after half of its lines", |sample| cut(&sample.diff, 2)) },
    Injury { must_be_refused: true, ..injury("cut before its last line", |sample| cut_last(&sample.diff)) },
    Injury {
        must_be_refused: true,
        ..injury("a removed line with another digit", |sample| {
            changed(
                &sample.diff,
                &body(&sample.diff, |line| {
                    Some(match line.starts_with('-') {
                        true => format!("{line} 7"),
                        false => line.to_owned(),
                    })
                }),
            )
        })
    },
];

/// The parts of `@@ -1,2 +3,4 @@`.
struct Header {
    old: (i64, i64),
    new: (i64, i64),
    number: i64,
}

impl Header {
    fn parse(line: &str, number: i64) -> Option<Self> {
        let mut words = line.strip_prefix("@@ ")?.split(' ');
        let range = |word: &str| -> Option<(i64, i64)> {
            let (start, count) = word.get(1..)?.split_once(',').unwrap_or((word.get(1..)?, "1"));
            Some((start.parse().ok()?, count.parse().ok()?))
        };
        Some(Self { old: range(words.next()?)?, new: range(words.next()?)?, number })
    }

    fn counts(self, more: i64) -> String {
        let count = |count: i64| (count + more).max(1);
        format!("@@ -{},{} +{},{} @@", self.old.0, count(self.old.1), self.new.0, count(self.new.1))
    }

    fn shifted(self, by: i64) -> String {
        format!("@@ -{},{} +{},{} @@", self.old.0 + by, self.old.1, self.new.0 + by, self.new.1)
    }

    /// Not random at all, so that each run says the same.
    fn at_random(self) -> String {
        let line = (self.number * 7919 + self.old.0 * 31) % 400 + 1;
        format!("@@ -{line},{} +{line},{} @@", self.old.1, self.new.1)
    }
}

fn headers(diff: &str, with: impl Fn(Header) -> String) -> String {
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
fn body(diff: &str, with: impl Fn(&str) -> Option<String>) -> String {
    body_with(diff, |_, line| with(line).into_iter().collect())
}

/// As [`body`], with the line's number in its hunk.
fn body_with(diff: &str, with: impl Fn(usize, &str) -> Vec<String>) -> String {
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

fn context(diff: &str, with: impl Fn(&str) -> Option<String>) -> String {
    body(diff, |line| if line.starts_with(' ') { with(line) } else { Some(line.to_owned()) })
}

/// Injures context line `which` of every hunk that has it, if it is no blank line. A line at the edge of a change which
/// has nothing on its other side is spared: without it the diff is a sound one, and says something else.
fn one_context(diff: &str, which: usize, with: impl Fn(&str) -> Option<String>) -> Option<String> {
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
fn shown(diff: &str, like: impl Fn(&str) -> bool) -> Option<()> {
    let hunks = without_headers(diff);
    let old = |hunk: &str| {
        hunk.lines().any(|line| line.starts_with([' ', '-']) && like(line.get(1..).unwrap_or_default()))
    };
    hunks.split("\n@@").all(old).then_some(())
}

fn is_indented(line: &str) -> bool {
    line.starts_with("    ") && !line.trim().is_empty()
}

/// Whether every hunk removes lines in one place and adds there.
fn is_one_replacement_a_hunk(diff: &str) -> bool {
    let one = |hunk: &str| {
        let signs: String = hunk.lines().skip(1).filter_map(|line| line.chars().next()).collect();
        let changes = signs.trim_matches([' ', '\\']);
        changes.starts_with('-') && !changes.contains(' ')
    };
    without_headers(diff).split("\n@@").all(one)
}

/// The indentation of every line of the hunks, changed; none if one cannot be.
fn indented(diff: &str, with: impl Fn(&str) -> Option<String>) -> Option<String> {
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

fn without_headers(diff: &str) -> String {
    diff.find("@@").and_then(|at| diff.get(at..)).unwrap_or_default().to_owned()
}

fn lines_kept(diff: &str, keep: impl Fn(usize, &str) -> bool) -> String {
    joined(diff.lines().enumerate().filter(|(at, line)| keep(*at, line)).map(|(_, line)| line.to_owned()))
}

fn is_name(line: &str) -> bool {
    line.starts_with("--- ") || line.starts_with("+++ ")
}

fn fenced(diff: &str) -> String {
    // Longer than any fence in the files, which are Markdown too.
    format!("`````diff\n{diff}`````\n")
}

fn changed(diff: &str, injured: &str) -> Option<String> {
    let bare =
        injured.strip_prefix("`````diff\n").and_then(|text| text.strip_suffix("`````\n")).unwrap_or(injured);
    (bare != diff).then(|| injured.to_owned())
}

fn reversed(diff: &str) -> Option<String> {
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

fn smart(line: &str) -> String {
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
fn reworded(line: &str) -> String {
    match line.rfind(' ').filter(|at| *at > 1) {
        Some(at) => format!("{} quite{}", &line[..at], &line[at..]),
        None => format!("{line} quite"),
    }
}

fn is_comment(line: &str) -> bool {
    let text = line.get(1..).unwrap_or_default().trim_start();
    text.starts_with("//") || text.starts_with("# ")
}

fn cut(diff: &str, part: usize) -> Option<String> {
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

fn cut_last(diff: &str) -> Option<String> {
    let kept = diff.trim_end_matches('\n').rfind('\n')?;
    let last = diff.get(kept + 1..)?;
    (!last.starts_with('\\')).then(|| diff.get(..=kept).map(str::to_owned)).flatten()
}
