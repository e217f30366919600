//! Where the server that holds a data folder listens, for whoever finds the folder held.
//!
//! The server writes it into a file in the folder once it listens, with its process number. A server that was killed
//! leaves the file behind, so it is believed only while the process that holds the folder's lock is the one that wrote
//! it. It holds no secret.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

const FILE: &str = "server.address";

/// The file that tells the address, removed when this is dropped.
pub(crate) struct Told(PathBuf);

impl Told {
    /// Tells that this process serves at `address`.
    pub(crate) fn tell(data: &Path, scheme: &str, address: SocketAddr) -> io::Result<Self> {
        let path = data.join(FILE);
        fs::write(&path, format!("{} {scheme}://{}\n", std::process::id(), reachable(address)))?;
        Ok(Self(path))
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // What stays is not believed.
        let _ = fs::remove_file(&self.0);
    }
}

/// Where process `holder` serves the data folder, if it said so.
pub(crate) fn of(data: &Path, holder: u32) -> Option<String> {
    let text = fs::read_to_string(data.join(FILE)).ok()?;
    let (process, address) = text.trim_end().split_once(' ')?;
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    (process.parse() == Ok(holder) && is_plain).then(|| address.to_owned())
}

/// The address to connect to from this machine: a server that listens on all addresses is reached on the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_believed_while_its_process_holds_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let told = Told::tell(folder.path(), "http", "0.0.0.0:8000".parse().unwrap()).unwrap();
        let here = std::process::id();
        assert_eq!(of(folder.path(), here).as_deref(), Some("http://127.0.0.1:8000"));
        assert_eq!(of(folder.path(), here + 1), None, "of a server that is gone");
        drop(told);
        assert_eq!(of(folder.path(), here), None);
    }
}
