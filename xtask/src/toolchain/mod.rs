//! A cargo that builds `wasm32-wasip2` guests, found or made.
//!
//! With rustup and the open Internet this is one command. But the target's standard library comes from rustup's own
//! server, and many company networks and build machines reach package registries only. There the same compiler can be
//! put together from Debian's packages (see [`debian`]). So, cheapest first:
//!
//! 1. the active toolchain has the target;
//! 2. an earlier run made a toolchain, and it still fits;
//! 3. `rustup target add` works;
//! 4. this is Debian, and packages may be installed: make a toolchain, once, in about three minutes;
//! 5. else one error that names every way.
//!
//! `ORCHESTRATOR_WASM_TOOLCHAIN` set to `rustup` or `debian` keeps to that one: a build machine wants the same compiler
//! each time, and no attempts at servers that it should not talk to.

mod active;
mod debian;
mod rustup;
mod sysroot;
mod wasi_libc;

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use self::active::Active;
use crate::layout::Layout;
use crate::process::{host_cargo_program, say};

/// What guests are built for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

const CHOICE: &str = "ORCHESTRATOR_WASM_TOOLCHAIN";

/// A toolchain that can build guests.
pub(crate) struct Toolchain {
    /// Which of the ways this is, for people.
    pub(crate) origin: &'static str,
    /// Differs whenever what this toolchain builds cannot be mixed with what was built before.
    pub(crate) identity: String,
    made: Option<Made>,
}

/// The programs of a toolchain that is not the active one.
struct Made {
    cargo: PathBuf,
    rustc: PathBuf,
}

impl Toolchain {
    fn active(active: &Active) -> Self {
        let origin = "the active Rust toolchain has the target";
        Self { origin, identity: active.version.clone(), made: None }
    }

    /// A cargo call that builds with this toolchain.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = match &self.made {
            None => host_cargo_program(),
            Some(Made { cargo, rustc }) => {
                let mut command = Command::new(cargo);
                // `cargo run` puts the active toolchain's libraries first, which are another compiler's.
                command.env("RUSTC", rustc).env_remove("LD_LIBRARY_PATH").env_remove("CARGO");
                command
            }
        };
        // Flags meant for this machine's own programs (a linker, a CPU) mean nothing to a guest, or break it.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        cargo
    }

    /// The start of a command line that builds a guest by hand.
    pub(crate) fn by_hand(&self) -> String {
        match &self.made {
            None => "cargo".to_owned(),
            Some(Made { cargo, rustc }) => format!("RUSTC={} {}", rustc.display(), cargo.display()),
        }
    }
}

/// Where made toolchains are kept.
pub(crate) fn made_in(layout: &Layout) -> PathBuf {
    layout.cache.join("wasm-toolchain")
}

/// The ways that may be tried.
#[derive(Clone, Copy)]
struct Ways {
    rustup: bool,
    debian: bool,
}

impl Ways {
    fn chosen(choice: &str) -> Result<Self> {
        match choice {
            "" => Ok(Self { rustup: true, debian: true }),
            "rustup" => Ok(Self { rustup: true, debian: false }),
            "debian" => Ok(Self { rustup: false, debian: true }),
            other => bail!("{CHOICE} is `{other}`; it may be `rustup`, `debian` or unset"),
        }
    }
}

/// Gives a toolchain that can build guests, making one if need be.
pub(crate) fn find_or_make(layout: &Layout) -> Result<Toolchain> {
    let ways = Ways::chosen(&env::var(CHOICE).unwrap_or_default())?;
    let active = Active::detect()?;
    if ways.rustup && active.has_target() {
        return Ok(Toolchain::active(&active));
    }
    if ways.debian
        && let Some(toolchain) = debian::find(layout, &active)
    {
        return Ok(toolchain);
    }
    let mut refusals = Vec::new();
    if ways.rustup {
        match rustup::add_target(&active) {
            Ok(()) => return Ok(Toolchain::active(&active)),
            Err(error) => refusals.push(format!("rustup: {error:#}")),
        }
    }
    if ways.debian {
        if !refusals.is_empty() {
            say("rustup could not add the target; trying Debian's packages");
        }
        match debian::make(layout, &active) {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => refusals.push(format!("Debian: {error:#}")),
        }
    }
    bail!(
        "no Rust compiler here can build for {TARGET}. Any one of these gives one:
  - use a toolchain that has the target (the active one is {sysroot});
  - run `rustup target add {TARGET}` where rustup reaches its server;
  - run this on Debian 12 or later, as root or with passwordless sudo, beside a Rust that rustup installed.
What was tried:
  {tried}",
        sysroot = active.sysroot.display(),
        tried = refusals.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_keeps_to_one_way() {
        let ways = Ways::chosen("debian").unwrap();
        assert!(ways.debian && !ways.rustup);
        let ways = Ways::chosen("").unwrap();
        assert!(ways.debian && ways.rustup);
        let error = Ways::chosen("nix").err().unwrap();
        assert!(error.to_string().contains("may be `rustup`, `debian` or unset"));
    }
}
