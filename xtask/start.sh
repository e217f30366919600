#!/bin/sh
# The door to every target of the Makefile: `sh xtask/start.sh <verb>` is `cargo xtask <verb>` on a machine where that
# may not compile yet. What a verb needs beyond this, xtask itself sees to (src/needs.rs); here is only what xtask needs:
# Rust, and something that links. A shell script, since nothing else is sure to be there before the first compile.
set -eu
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$1" >&2; }
stop() { say "$1"; exit 1; }

# A compiler that is there and lacks the C library's files, as Debian's gcc does by itself, does not link either.
links() {
  trial="$(mktemp -d)"
  if echo 'int main(void) { return 0; }' | cc -x c -o "$trial/program" - 2>"$trial/complaint"; then links=yes; else links=no; fi
  rm -rf "$trial"
  [ "$links" = yes ]
}

# Every way in which this can fail ends in one line that says the same of what is missing.
without() {
  stop "missing: a C compiler that links (without it nothing is built: Rust links through it, and SQLite is compiled with it); not installed: $1"
}

install_compiler() {
  packages="gcc libc6-dev"
  command -v apt-get >/dev/null || without "this system has no apt-get; use its own package manager"
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || without "that takes root or passwordless sudo: \`apt-get install --no-install-recommends $packages\`"
    as_root="sudo -n"
  fi
  say "installing a C compiler: $packages"
  $as_root apt-get -qq update || without "apt-get update failed"
  # apt-get's list of what it unpacks is long and tells nothing; what went wrong goes to stderr, which is kept.
  # shellcheck disable=SC2086 # two packages, two words
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --yes --no-install-recommends $packages >/dev/null ||
    without "apt-get install failed"
  links || without "the packages $packages are installed and do not link"
}

# Where rustup puts it, for a shell that was opened before rustup was run.
command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
command -v cargo >/dev/null ||
  stop "missing: Rust (without it nothing is built); install it by rustup, as https://rustup.rs says"
links || install_compiler

# Built in sight first: `cargo xtask` by itself compiles in silence.
cargo build --locked --package xtask
exec cargo xtask "$@"
