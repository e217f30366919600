//! Cgroups as this machine has them, and folders that stand in for them.

use super::{folder::PREFIX, *};

#[test]
fn both_versions_say_where_a_process_is() {
    let places = |own: &str| -> Vec<_> {
        candidates(own).into_iter().map(|(place, kinds)| (place, kinds.len())).collect()
    };
    let second = places("0::/system.slice/server.service\n");
    assert_eq!(second[0], ("/sys/fs/cgroup/system.slice/server.service".into(), 3));
    assert_eq!(second[1], ("/sys/fs/cgroup/system.slice".into(), 3));
    let first = places("4:memory:/no/such\n3:cpu,cpuacct:/\n2:freezer:/\n");
    assert_eq!(first, [("/sys/fs/cgroup/memory".into(), 1), ("/sys/fs/cgroup/cpu/".into(), 1)]);
    assert!(places("nonsense").is_empty());
}

#[test]
fn folders_of_dead_programs_are_removed_and_those_in_use_stay() -> io::Result<()> {
    // Locks and removal are the file system's, of whichever kind.
    let base = tempfile::tempdir()?;
    let in_use = Folder::make(base.path())?;
    let left = base.path().join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
    let others = base.path().join("orchestrator-of-somebody-else");
    fs::create_dir(&left)?;
    fs::create_dir(&others)?;
    sweep(base.path());
    assert!(in_use.path.exists() && others.exists() && !left.exists());
    let path = in_use.path.clone();
    drop(in_use);
    assert!(!path.exists());
    Ok(())
}

#[test]
fn a_process_that_a_dead_program_left_in_its_cgroup_is_ended() -> io::Result<()> {
    use std::os::unix::process::ExitStatusExt as _;
    let cgroups = Cgroups::find();
    let Some((base, _)) = cgroups.bases.first() else {
        println!("LEFT OUT: no cgroup can be made here");
        return Ok(());
    };
    let left = base.join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
    fs::create_dir(&left)?;
    let mut process = std::process::Command::new("sleep").arg("600").spawn()?;
    fs::write(left.join("cgroup.procs"), process.id().to_string())?;
    // Reaped on the side, as the first process of a machine does with those whose parents died.
    let reaper = std::thread::spawn(move || process.wait());
    sweep(base);
    let status = reaper.join().map_err(|_| io::ErrorKind::Other)??;
    assert_eq!(status.signal(), Some(9));
    assert!(!left.exists());
    Ok(())
}
