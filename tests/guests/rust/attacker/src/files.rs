//! The file system as WASI shows it, used as ordinary code uses it.

use crate::Came;
use std::{fs, io};

/// Does one thing; `other` is the second path or the text.
pub(crate) fn attempt(what: &str, path: &str, other: &str) -> Came {
    let came = match what {
        "read" => fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "write" => fs::write(path, other).map(|()| String::new()),
        "list" => list(path),
        "set-size" => set_size(path, other).map(|()| String::new()),
        "delete" => fs::remove_file(path).map(|()| String::new()),
        "link" => fs::hard_link(other, path).map(|()| String::new()),
        "symlink" => symlink(other, path).map(|()| String::new()),
        "rename" => fs::rename(path, other).map(|()| String::new()),
        "make-folder" => fs::create_dir(path).map(|()| String::new()),
        "delete-folder" => fs::remove_dir_all(path).map(|()| String::new()),
        other => Err(io::Error::other(format!("there is no way to '{other}'"))),
    };
    match came {
        Ok(text) => Came::Done { text },
        Err(error) => Came::Refused { code: error.kind().to_string(), message: error.to_string() },
    }
}

fn list(path: &str) -> io::Result<String> {
    let names = fs::read_dir(path)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.collect::<Vec<_>>().join("\n"))
}

/// Makes a file of so many bytes, none of which is written.
fn set_size(path: &str, size: &str) -> io::Result<()> {
    let file = fs::File::options().create(true).truncate(false).write(true).open(path)?;
    file.set_len(size.parse().map_err(io::Error::other)?)
}

/// The standard library has no stable function for it on this target.
fn symlink(to: &str, path: &str) -> io::Result<()> {
    let preopens = wasip2::filesystem::preopens::get_directories();
    let name = |path: &str| path.strip_prefix("/project/").map(str::to_owned);
    let (Some((folder, _)), Some(name)) = (preopens.first(), name(path)) else {
        return Err(io::Error::other("there is no folder to put it in"));
    };
    folder.symlink_at(to, &name).map_err(|code| io::Error::other(code.name()))
}
