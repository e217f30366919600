//! Which system calls a sandboxed program cannot make.
//!
//! The list names what a build, a test suite or a package client never needs and what has carried attacks out of
//! sandboxes: kernel interfaces that namespaces do not cover (keyrings, VSOCK, io_uring, BPF, perf), ways to look into
//! other processes, to make namespaces of one's own and to type into a terminal. It refuses rather than kills, so that
//! programs which only try (glibc, Node.js) fall back to what they are allowed.
//!
//! A list of what is forbidden ages: a new system call is allowed until somebody adds it here. The alternative, a list
//! of what is allowed, breaks programs with every new libc, and the kernel surface that matters most is gone either
//! way: nested user namespaces and all but four socket families.
//!
//! The filter is built by `seccompiler`, which refuses other architectures' calls by itself. Two details are ours: on
//! x86-64 every refused call is refused under its x32 number as well, and `clone3`, whose flags a filter cannot see,
//! answers "no such call", upon which every libc uses `clone`; the same goes for `openat2` and `openat`.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare,
    SeccompCondition as Condition, SeccompFilter, SeccompRule as Rule,
};
use std::collections::BTreeMap;

/// Marks a call of the x32 interface on x86-64.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

/// Refused whatever their arguments.
const REFUSED: &[i64] = &[
    // Looking into and steering other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Kernel interfaces that no namespace covers.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_fanotify_init,
    libc::SYS_lookup_dcookie,
    libc::SYS_vhangup,
    // Mounts, namespaces and roots.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    // The machine.
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    // Placing memory on other processes' nodes.
    libc::SYS_mbind,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_set_mempolicy,
];

/// Refused on x86-64 alone, where they exist, and the x32 interface's own numbers of refused calls: `ioctl`,
/// `kexec_load`, `process_vm_readv`, `process_vm_writev`, `ptrace`.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[i64] = &[
    libc::SYS_kexec_file_load,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_ustat,
    libc::SYS_sysfs,
    X32 | 514,
    X32 | 528,
    X32 | 539,
    X32 | 540,
    X32 | 521,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[i64] = &[];

/// The socket families that there are for programs; see `socket(2)`.
const FAMILIES: [i32; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

/// The two filters, as bubblewrap reads them: one answers "not permitted", the other "no such call".
pub(super) fn filters() -> Result<[Vec<u8>; 2], seccompiler::BackendError> {
    let absent = [libc::SYS_clone3, libc::SYS_openat2].map(|call| (call, Vec::new())).into();
    Ok([compile(rules()?, libc::EPERM)?, compile(absent, libc::ENOSYS)?])
}

fn rules() -> Result<BTreeMap<i64, Vec<Rule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<Rule>> =
        REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
    let new_user = masked(0, libc::CLONE_NEWUSER as u64)?;
    rules.insert(libc::SYS_clone, vec![new_user]);
    rules.insert(libc::SYS_ioctl, vec![equal(1, libc::TIOCSTI)?, equal(1, libc::TIOCLINUX)?]);
    let others = FAMILIES.map(|family| Condition::new(0, Length::Dword, Compare::Ne, family as u64));
    rules.insert(libc::SYS_socket, vec![Rule::new(others.into_iter().collect::<Result<_, _>>()?)?]);
    for (call, mode) in modes() {
        let set_id = [libc::S_ISUID, libc::S_ISGID].map(|bit| masked(mode, u64::from(bit)));
        rules.insert(call, set_id.into_iter().collect::<Result<_, _>>()?);
    }
    for (call, flags, mode) in openings() {
        rules.insert(call, set_id_at_birth(flags, mode)?);
    }
    #[cfg(target_arch = "x86_64")]
    for (call, of_call) in rules.clone() {
        rules.entry(call | X32).or_insert(of_call);
    }
    Ok(rules)
}

/// Calls that can make a file set-user-id or set-group-id, and which of their arguments says so.
fn modes() -> Vec<(i64, u8)> {
    let mut modes = vec![
        (libc::SYS_fchmod, 1),
        (libc::SYS_fchmodat, 2),
        (libc::SYS_fchmodat2, 2),
        (libc::SYS_mknodat, 2),
    ];
    #[cfg(target_arch = "x86_64")]
    modes.extend([(libc::SYS_chmod, 1), (libc::SYS_mknod, 1), (libc::SYS_creat, 1)]);
    modes
}

/// Calls that open files, and which of their arguments are the flags and the mode of a new one.
fn openings() -> Vec<(i64, u8, u8)> {
    let mut openings = vec![(libc::SYS_openat, 2, 3)];
    #[cfg(target_arch = "x86_64")]
    openings.push((libc::SYS_open, 1, 2));
    openings
}

/// True when a file is made that is set-user-id or set-group-id from its beginning. Where none is made, the mode is
/// whatever was in the register.
fn set_id_at_birth(flags: u8, mode: u8) -> Result<Vec<Rule>, seccompiler::BackendError> {
    // What `O_TMPFILE` has beyond `O_DIRECTORY`, which alone makes no file.
    let makes = [libc::O_CREAT, libc::O_TMPFILE & !libc::O_DIRECTORY];
    let rules = makes.into_iter().flat_map(|flag| [libc::S_ISUID, libc::S_ISGID].map(|bit| (flag, bit)));
    let rule = |(flag, bit): (i32, libc::mode_t)| {
        Rule::new(vec![bits(flags, u64::from(flag.unsigned_abs()))?, bits(mode, u64::from(bit))?])
    };
    rules.map(rule).collect()
}

/// True when the argument is this number.
#[allow(clippy::unnecessary_cast, reason = "the type of these numbers differs from one libc to the next")]
fn equal(argument: u8, value: libc::Ioctl) -> Result<Rule, seccompiler::BackendError> {
    Rule::new(vec![Condition::new(argument, Length::Dword, Compare::Eq, value as u64)?])
}

/// True when the argument has this bit.
fn masked(argument: u8, bit: u64) -> Result<Rule, seccompiler::BackendError> {
    Rule::new(vec![bits(argument, bit)?])
}

fn bits(argument: u8, bit: u64) -> Result<Condition, seccompiler::BackendError> {
    Condition::new(argument, Length::Dword, Compare::MaskedEq(bit), bit)
}

fn compile(rules: BTreeMap<i64, Vec<Rule>>, errno: i32) -> Result<Vec<u8>, seccompiler::BackendError> {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    let program: BpfProgram =
        SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture)?.try_into()?;
    // The kernel's layout of an instruction: a code, two jumps, an operand, in the machine's byte order.
    let bytes = program.iter().flat_map(|instruction| {
        let mut bytes = [0; 8];
        bytes[..2].copy_from_slice(&instruction.code.to_ne_bytes());
        bytes[2] = instruction.jt;
        bytes[3] = instruction.jf;
        bytes[4..].copy_from_slice(&instruction.k.to_ne_bytes());
        bytes
    });
    Ok(bytes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_are_whole_programs_of_bounded_length() {
        let [refused, absent] = filters().expect("builds");
        for filter in [&refused, &absent] {
            assert_eq!(filter.len() % 8, 0);
            assert!(filter.len() / 8 < 4096, "the kernel's limit: {} instructions", filter.len() / 8);
        }
        assert!(refused.len() > REFUSED.len() * 8 && absent.len() < refused.len());
    }
}
