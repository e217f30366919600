//! `orchestrator patch make`: a unified diff of two files or two folders.

use crate::{args::PatchMakeArgs, error::CliError, output};
use orchestrator_core::RelativePath;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Bytes in which a zero says that a file is binary.
const LOOKED_AT: usize = 8000;

pub(super) fn make_patch(args: &PatchMakeArgs) -> Result<ExitCode, CliError> {
    let (old, new) = (&args.old, &args.new);
    let mut code = ExitCode::SUCCESS;
    let mut leave_out = |path: &dyn std::fmt::Display, why: &str| {
        output::complain(&format!("left out: '{path}' {why}"));
        code = ExitCode::FAILURE;
    };
    let (before, after) = match (old.is_dir(), new.is_dir()) {
        (true, true) => (files(old, &mut leave_out)?, files(new, &mut leave_out)?),
        (false, false) => {
            let path = name(new)?;
            (BTreeMap::from([(path.clone(), old.clone())]), BTreeMap::from([(path, new.clone())]))
        }
        _ => {
            let mixed =
                io::Error::other("one is a folder and the other is a file: give two files, or two folders");
            return Err(CliError::Read(format!("{} and {}", old.display(), new.display()), mixed));
        }
    };
    let mut paths: Vec<&RelativePath> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    for path in paths {
        let (old, new) = (content(before.get(path))?, content(after.get(path))?);
        let is_binary =
            |bytes: &Option<Vec<u8>>| bytes.iter().flatten().take(LOOKED_AT).any(|byte| *byte == 0);
        if old != new && (is_binary(&old) || is_binary(&new)) {
            leave_out(path, "is binary, and a diff has lines of text only");
            continue;
        }
        output::bytes(&orchestrator_patch::make(path, old.as_deref(), new.as_deref()))?;
    }
    Ok(code)
}

/// What a file is called in a diff of two files: its path, if that is one below the current folder.
fn name(path: &Path) -> Result<RelativePath, CliError> {
    let last = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let parsed = RelativePath::parse(&path.to_string_lossy()).or_else(|_| RelativePath::parse(&last));
    parsed.map_err(|error| CliError::Read(path.display().to_string(), io::Error::other(error)))
}

fn content(path: Option<&PathBuf>) -> Result<Option<Vec<u8>>, CliError> {
    let Some(path) = path else { return Ok(None) };
    fs::read(path).map(Some).map_err(|error| CliError::Read(path.display().to_string(), error))
}

type Found = BTreeMap<RelativePath, PathBuf>;

/// Every file below `folder`, git's own aside. Links are left out: a diff cannot hold them.
fn files(folder: &Path, leave_out: &mut dyn FnMut(&dyn std::fmt::Display, &str)) -> Result<Found, CliError> {
    let mut found = Found::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let failed = |error| CliError::Read(folder.display().to_string(), error);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(failed)?;
            match RelativePath::parse(&path) {
                _ if name == ".git" => {}
                _ if kind.is_dir() => open.push((entry.path(), format!("{path}/"))),
                _ if !kind.is_file() => leave_out(&path, "is a link or a device, not a file"),
                Ok(relative) => drop(found.insert(relative, entry.path())),
                Err(error) => leave_out(&path, &format!("has a path that cannot be used: {error}")),
            }
        }
    }
    Ok(found)
}
