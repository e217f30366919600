//! Runs the patch engine over cases that others have written: `suites FOLDER`.
//!
//! Every folder that holds `in` and a patch is a case: the files are in `in`, the patch is `patch`, or a file that ends
//! in `.patch` or `.diff` in the folder or in `in`. Afterwards the files must be those in `out`; where the folder's name
//! begins with `fail_` the patch must be refused. A suite that cannot say that a file is gone has it empty in `out`.
//!
//! A patch that is refused although others apply it is counted and named, with the reason: strictness is a choice, and
//! `docs/patching-figures.md` defends it. A result other than `out`, or a `fail_` case that was applied, is wrong, and one of
//! them fails the run.

use orchestrator_core::RelativePath;
use orchestrator_patch::{FileReport, HunkOutcome, MemoryFiles, Options, Report, apply, perform};
use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Cases whose `out` shows what this engine does otherwise on purpose, by the end of their path. `docs/patching-figures.md` has
/// the reasons.
const OTHERWISE: [&str; 3] = [
    // The second hunk is dropped there without a word.
    "git/junk_between_hunks",
    "gnu_patch/junk_between_hunks",
    // The empty file that git's header creates is not created there.
    "gnu_patch/create_empty_file_gitdiff",
];

fn main() -> ExitCode {
    let Some(root) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("error: which folder? give one that holds cases, at any depth");
        return ExitCode::from(2);
    };
    match run(&root) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: reading the cases in {}: {error}", root.display());
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Suite {
    cases: usize,
    as_expected: usize,
    otherwise: Vec<String>,
    refused: Vec<String>,
    wrong: Vec<String>,
}

enum Verdict {
    AsExpected,
    Refused(String),
    Wrong(String),
}

fn run(root: &Path) -> io::Result<ExitCode> {
    let mut suites: BTreeMap<String, Suite> = BTreeMap::new();
    for case in cases(root)? {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let suite = case.parent().and_then(|parent| parent.strip_prefix(root).ok()).unwrap_or(Path::new(""));
        let suite = suites.entry(suite.display().to_string()).or_default();
        suite.cases += 1;
        match judge(&case, name.starts_with("fail_"))? {
            Verdict::AsExpected => suite.as_expected += 1,
            Verdict::Refused(reason) => suite.refused.push(format!("{name}: {reason}")),
            Verdict::Wrong(what) if OTHERWISE.iter().any(|known| case.ends_with(known)) => {
                suite.otherwise.push(format!("{name}: {what}"));
            }
            Verdict::Wrong(what) => suite.wrong.push(format!("{name}: {what}")),
        }
    }
    if suites.is_empty() {
        eprintln!("error: there are no cases in {}", root.display());
        return Ok(ExitCode::from(2));
    }
    println!(
        "| suite | cases | as expected | refused | otherwise on purpose | WRONG |\n|---|---|---|---|---|---|"
    );
    for (name, suite) in &suites {
        let (otherwise, refused, wrong) = (suite.otherwise.len(), suite.refused.len(), suite.wrong.len());
        println!("| {name} | {} | {} | {refused} | {otherwise} | {wrong} |", suite.cases, suite.as_expected);
    }
    for (name, suite) in &suites {
        suite.refused.iter().for_each(|line| println!("refused: {name}/{line}"));
        suite.otherwise.iter().for_each(|line| println!("otherwise: {name}/{line}"));
        suite.wrong.iter().for_each(|line| println!("WRONG: {name}/{line}"));
    }
    let wrong = suites.values().any(|suite| !suite.wrong.is_empty());
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Every case below `folder`, in order.
fn cases(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if folder.join("in").is_dir() {
        return Ok(patch_of(folder)?.map(|_| folder.to_owned()).into_iter().collect());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(cases(&entry.path())?);
        }
    }
    found.sort();
    Ok(found)
}

fn patch_of(case: &Path) -> io::Result<Option<PathBuf>> {
    let mut found = Vec::new();
    for folder in [case.to_owned(), case.join("in")] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_patch =
                path.extension().is_some_and(|extension| extension == "patch" || extension == "diff");
            if path.is_file() && (is_patch || path == case.join("patch")) {
                found.push(path);
            }
        }
    }
    // Where the files of a case include a diff, the patch is the one that says so.
    found.sort_by_key(|path| path.extension().is_some_and(|extension| extension == "diff"));
    Ok(found.into_iter().next())
}

fn judge(case: &Path, must_fail: bool) -> io::Result<Verdict> {
    let Some(patch) = patch_of(case)? else { return Ok(Verdict::Wrong("it has no patch".into())) };
    let mut files = files(&case.join("in"), &patch, "")?;
    let Ok(outcome) = apply(&fs::read(&patch)?, &files, &Options::default());
    if !outcome.report.is_applied() {
        return Ok(if must_fail {
            Verdict::AsExpected
        } else {
            Verdict::Refused(first_reason(&outcome.report))
        });
    }
    if must_fail {
        return Ok(Verdict::Wrong("it was applied".into()));
    }
    perform(&mut files, outcome.edits);
    let expected = self::files(&case.join("out"), &patch, "")?;
    let is_gone = |path: &RelativePath, content: &Vec<u8>| content.is_empty() && !files.contains_key(path);
    let expected: MemoryFiles =
        expected.into_iter().filter(|(path, content)| !is_gone(path, content)).collect();
    Ok(match expected == files {
        true => Verdict::AsExpected,
        false => Verdict::Wrong(difference(&expected, &files)),
    })
}

fn first_reason(report: &Report) -> String {
    let of_hunks = |file: &FileReport| {
        file.hunks.iter().find_map(|hunk| match &hunk.outcome {
            HunkOutcome::Refused(rejection) => Some(rejection.reason.clone()),
            HunkOutcome::Applied(_) | HunkOutcome::AlreadyApplied { .. } => None,
        })
    };
    report.files.iter().find_map(|file| file.refused.clone().or_else(|| of_hunks(file))).unwrap_or_default()
}

fn difference(expected: &MemoryFiles, found: &MemoryFiles) -> String {
    let names = |files: &MemoryFiles| files.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let differing = expected.iter().find(|(path, content)| found.get(*path) != Some(*content));
    match differing {
        Some((path, _)) => format!("'{path}' is not as in 'out' (there are: {})", names(found)),
        None => format!("there are {} and should be {}", names(found), names(expected)),
    }
}

/// Every file below `folder`, but the patch. A folder that is not there has none.
fn files(folder: &Path, patch: &Path, prefix: &str) -> io::Result<MemoryFiles> {
    let mut found = MemoryFiles::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path(), patch, &format!("{path}/"))?);
        } else if entry.path() != patch {
            // What cannot be named cannot be patched either; it stays as it is on both sides.
            if let Ok(relative) = RelativePath::parse(&path) {
                found.insert(relative, fs::read(entry.path())?);
            }
        }
    }
    Ok(found)
}
