//! The injuries: each takes a sound diff and gives it back as a model might have written it, or gives nothing where
//! there is nothing to injure in this way.

mod edit;
mod second;
mod unfinished;

use super::history::Sample;
use edit::{
    Header, body, body_with, changed, context, cut, cut_before, fenced, headers, indented, is_comment,
    is_indented, is_name, is_one_replacement_a_hunk, lines_kept, one_context, reversed, reworded, shown,
    smart, unsigned, without_headers,
};

/// A way to spoil a diff.
pub(crate) struct Injury {
    pub(crate) name: &'static str,
    /// The diff as a model might have written it; none where there is nothing to injure in this way.
    pub(crate) injure: fn(&Sample) -> Option<String>,
    /// What is done to the file, before and after.
    pub(crate) file: fn(&str) -> String,
    /// Whether the diff changes a second file as it does the first.
    pub(crate) second: bool,
    /// Whether there is no right way to apply what is left.
    pub(crate) must_be_refused: bool,
}

const fn injury(name: &'static str, injure: fn(&Sample) -> Option<String>) -> Injury {
    Injury { name, injure, file: str::to_owned, second: false, must_be_refused: false }
}

pub(crate) use second::{FORMS, FRAMES, named, path as second_path};

const fn in_two_files(name: &'static str, injure: fn(&Sample) -> Option<String>) -> Injury {
    Injury { second: true, ..injury(name, injure) }
}

pub(crate) const ALL: &[Injury] = &[
    injury("none", |sample| Some(sample.diff.clone())),
    injury("counts too high", |sample| Some(fenced(&headers(&sample.diff, |h| h.counts(3))))),
    injury("counts too high, nothing below", |sample| Some(headers(&sample.diff, |h| h.counts(3)))),
    injury("counts too high by one, nothing below", |sample| Some(headers(&sample.diff, |h| h.counts(1)))),
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
    Injury {
        must_be_refused: true,
        ..injury("cut after a third of its lines", |sample| cut(&sample.diff, 3))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last line", |sample| cut_before(&sample.diff, 1))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last two lines", |sample| cut_before(&sample.diff, 2))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last four lines", |sample| cut_before(&sample.diff, 4))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last five lines", |sample| cut_before(&sample.diff, 5))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last six lines", |sample| cut_before(&sample.diff, 6))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut before its last eight lines", |sample| cut_before(&sample.diff, 8))
    },
    Injury {
        must_be_refused: true,
        ..injury("cut within its last line but one", |sample| {
            let cut = cut_before(&sample.diff, 1)?;
            cut.strip_suffix('\n').map(str::to_owned)
        })
    },
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
    injury("an added line without its sign", |sample| unsigned(&sample.diff, '+', false)),
    injury("the last added line without its sign", |sample| unsigned(&sample.diff, '+', true)),
    injury("a removed line without its sign", |sample| unsigned(&sample.diff, '-', false)),
    injury("the last removed line without its sign", |sample| unsigned(&sample.diff, '-', true)),
    injury("bare @@, an added line without its sign", |sample| {
        unsigned(&headers(&sample.diff, |_| "@@".into()), '+', false)
    }),
    injury("bare @@, the last added line without its sign", |sample| {
        unsigned(&headers(&sample.diff, |_| "@@".into()), '+', true)
    }),
    injury("bare @@, a removed line without its sign", |sample| {
        unsigned(&headers(&sample.diff, |_| "@@".into()), '-', false)
    }),
    injury("context lines without their comma", |sample| {
        changed(
            &sample.diff,
            &context(&sample.diff, |line| Some(line.strip_suffix(',').unwrap_or(line).to_owned())),
        )
    }),
    injury("its own fences without their blank, in a fence", |sample| {
        let own = sample.diff.replace("\n ```", "\n```");
        changed(&sample.diff, &own)?;
        Some(format!("```diff\n{own}```\n"))
    }),
    injury("in a list", |sample| {
        let lines: String = sample.diff.lines().map(|line| format!("   {line}\n")).collect();
        Some(format!("1. The change:\n\n   ```diff\n{lines}   ```\n"))
    }),
    injury("quoted", |sample| Some(sample.diff.lines().map(|line| format!("> {line}\n")).collect())),
    Injury {
        must_be_refused: true,
        ..injury("as apply_patch, without its end", |sample| {
            second::as_section(sample, &sample.path).strip_suffix("*** End Patch\n").map(str::to_owned)
        })
    },
    injury("as apply_patch", |sample| Some(second::as_section(sample, &sample.path))),
    in_two_files("a second file as a section of apply_patch", |sample| {
        Some(second::as_section(sample, &sample.path) + &second::as_section(sample, &second::path()))
    }),
    in_two_files("a second file as search/replace blocks", |sample| {
        Some(format!("{}\n{}", sample.diff, second::as_blocks(sample, "lib/second.js")?))
    }),
    Injury {
        must_be_refused: true,
        ..injury("a second file that is not there", |sample| {
            // Lines that are all added make a file.
            shown(&sample.diff, |line| !line.trim().is_empty())?;
            Some(format!("{}\n**lib/third.js**\n{}", sample.diff, second::hunks(sample)))
        })
    },
    Injury {
        must_be_refused: true,
        ..injury("a comment for code, new code below", unfinished::with_a_comment_for_code)
    },
    Injury { must_be_refused: true, ..injury("added lines with their numbers", unfinished::with_numbers) },
    Injury {
        must_be_refused: true,
        ..injury("cut behind its last hunk, in a fence", unfinished::in_an_open_fence)
    },
    Injury {
        must_be_refused: true,
        ..injury("cut behind the name of a second file", |sample| {
            unfinished::before_a_second(sample, "And in `lib/second.js`:\n")
        })
    },
    Injury {
        must_be_refused: true,
        ..injury("cut behind the fence of a second file", |sample| {
            unfinished::before_a_second(sample, "**lib/second.js**\n\n```diff\n")
        })
    },
    Injury {
        must_be_refused: true,
        ..injury("cut behind the first of two files, counted", unfinished::as_the_first_of_two)
    },
];
