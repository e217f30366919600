//! The data folder is the program's alone.
//!
//! It holds tokens, what people asked for and what came of it. The API has walls around these, and another account of the
//! machine must not walk around them: not by reading a file, and not by locking one, which would stop the program.

use std::{fs, io, path::Path};

/// Makes a folder that nobody else may enter, and those above it that are missing. One that is there stays as it is:
/// somebody may have meant it so; see [`open_to_others`].
///
/// # Errors
/// As the file system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes from the logs beside a database what others may do with them. SQLite gives them the mode of the database when it
/// makes them, and leaves those that are there.
///
/// # Errors
/// As [`make_file`].
pub fn narrow_logs(database: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm"] {
        let mut log = database.as_os_str().to_owned();
        log.push(suffix);
        if Path::new(&log).exists() {
            make_file(Path::new(&log))?;
        }
    }
    Ok(())
}

/// Sees to it that there is a file which nobody else may open: makes an empty one, or takes from one that is there what
/// others may do with it.
///
/// # Errors
/// As the file system says. That the file is another account's, whose mode cannot be changed, is none.
pub fn make_file(file: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(file)?;
    narrow(&opened)
}

#[cfg(unix)]
fn narrow(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match file.set_permissions(fs::Permissions::from_mode(mode & 0o700)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn narrow(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The folder's mode, where other accounts may do something with it.
#[cfg(unix)]
#[must_use]
pub fn open_to_others(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = folder.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// The folder's mode, where other accounts may do something with it: not known here.
#[cfg(not(unix))]
#[must_use]
pub fn open_to_others(_: &Path) -> Option<u32> {
    None
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_ours_and_what_was_there_is_narrowed() {
        let place = tempfile::tempdir().expect("a folder");
        let data = place.path().join("a/data");
        make_folder(&data).expect("made");
        assert_eq!(mode(&data), 0o700);
        let file = data.join("file");
        make_file(&file).expect("made");
        assert_eq!(mode(&file), 0o600);
        fs::write(&file, "kept").expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).expect("set");
        fs::write(data.join("file-wal"), "log").expect("written");
        make_file(&file).expect("narrowed");
        narrow_logs(&file).expect("narrowed");
        assert_eq!(mode(&data.join("file-wal")), 0o600);
        assert!(!data.join("file-shm").exists());
        assert_eq!((mode(&file), fs::read_to_string(&file).expect("read")), (0o600, "kept".to_owned()));
    }

    #[test]
    fn a_folder_that_others_may_enter_is_left_and_told() {
        let place = tempfile::tempdir().expect("a folder");
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).expect("set");
        assert_eq!(open_to_others(place.path()), None);
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).expect("set");
        make_folder(place.path()).expect("is there");
        assert_eq!(open_to_others(place.path()), Some(0o755));
    }
}
