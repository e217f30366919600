//! The modes that files are written with.

#[cfg(unix)]
use cap_std::fs::PermissionsExt;
use cap_std::fs::{Metadata, Permissions};

/// A file's mode without the bits that lend the owner's rights to whoever starts it: the host may run as somebody
/// mightier than the program that set them.
#[cfg(unix)]
pub(super) fn ordinary(mut permissions: Permissions) -> Permissions {
    permissions.set_mode(permissions.mode() & 0o777);
    permissions
}

/// The mode that a written file gets; none leaves it to the system.
#[cfg(unix)]
pub(super) fn mode_of(old: Option<&Metadata>, executable: Option<bool>) -> Option<Permissions> {
    let old = old.map(|metadata| metadata.permissions().mode());
    let mode = match (old, executable) {
        (old, None) => old?,
        // Whoever may read it may start it.
        (old, Some(true)) => old.map_or(0o755, |mode| mode | (mode & 0o444) >> 2),
        (old, Some(false)) => old.map_or(0o644, |mode| mode & !0o111),
    };
    Some(Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn mode_of(old: Option<&Metadata>, _: Option<bool>) -> Option<Permissions> {
    old.map(Metadata::permissions)
}

#[cfg(not(unix))]
pub(super) fn ordinary(permissions: Permissions) -> Permissions {
    permissions
}
