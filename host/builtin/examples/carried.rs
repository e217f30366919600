//! Lists what the program carries.
//!
//! Built along with the program wherever the program is built for development: with an example among the targets, cargo
//! counts the tests' dependencies too when it chooses features, and so the demo and the tests share one wasmtime instead
//! of each compiling its own. This package has no dependencies, which makes its example the cheapest.

use orchestrator_builtin::PLUGINS;

fn main() {
    for plugin in PLUGINS {
        println!("{:>10} B  {}", plugin.bytes.len(), plugin.name);
    }
}
