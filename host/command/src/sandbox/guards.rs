//! The parts of the wall, each of which a test can take away.
//!
//! A test that shows an attack failing proves little: the attack may be wrong. So each attack is also run with the
//! one part missing that is said to stop it, and has to succeed. Outside of tests there is one value, [`Guards::ALL`],
//! and no way to make another.

/// Which parts of the wall stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guards {
    /// The filter of system calls.
    pub(crate) seccomp: bool,
    /// No further user namespaces.
    pub(crate) no_user_namespaces: bool,
    /// A network of its own.
    pub(crate) network: bool,
    /// Process ids of its own.
    pub(crate) processes: bool,
    /// Only the files it needs.
    pub(crate) files: bool,
    /// Root and `/dev` read-only.
    pub(crate) read_only_root: bool,
    /// `/proc/sys` read-only.
    pub(crate) kernel_settings: bool,
    /// Inherited files closed.
    pub(crate) descriptors: bool,
    /// Nothing of the server's environment, on bubblewrap itself either.
    pub(crate) environment: bool,
    /// Limits of processes, memory, processor time and files.
    pub(crate) limits: bool,
    /// Bounded temporary folders.
    pub(crate) temporary: bool,
    /// A user without rights where the host is root.
    pub(crate) user: bool,
    /// A session of its own.
    pub(crate) session: bool,
    /// No gain of rights through set-user-id programs.
    pub(crate) privileges: bool,
}

impl Guards {
    /// The whole wall.
    pub(crate) const ALL: Self = Self {
        seccomp: true,
        no_user_namespaces: true,
        network: true,
        processes: true,
        files: true,
        read_only_root: true,
        kernel_settings: true,
        descriptors: true,
        environment: true,
        limits: true,
        temporary: true,
        user: true,
        session: true,
        privileges: true,
    };
}
