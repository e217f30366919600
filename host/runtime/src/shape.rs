//! What a component may be made of, found out before anything is compiled.
//!
//! Compiling cannot be interrupted: the compiler has no clock, and a thread that is inside of it cannot be ended. What
//! it costs, though, follows from the code it is given. Small functions cost about 2 s for a megabyte; within one
//! function the cost grows with the square of its size (on two shared cores, 64 KiB of branches and arithmetic took
//! 0.2 s, 256 KiB 1.8 s, 512 KiB 4.6 s, 1 MiB 16 s). So a component is read once without being compiled, which takes
//! a millisecond for an interpreter of 18 MB, each function is weighed by that rule, and a component beyond the bounds
//! is refused. That needs no second process and no clock, and gives the same answer on every machine. The price: a
//! plugin beyond the bounds, however honest, is not taken; and one just within them keeps the one place for compiling
//! busy for a minute or two, in which others wait for theirs and runs go on.
//!
//! What is not even readable is left to the compiler, whose validation comes first and says what is wrong.

use crate::error::LoadError;
use wasmparser::{Parser, Payload};

/// Most functions in all modules of a component together. The interpreters of Python and JavaScript have about 13,000.
const FUNCTIONS_MAX: u64 = 200_000;
/// Most bytes of one function. The largest one of Python's interpreter has 427,000.
const FUNCTION_SIZE_MAX: u64 = 512 << 10;
/// Bytes of a function that weigh twice what they do in a small one.
const HEAVY: u64 = 64 << 10;
/// Most weighed bytes of all functions together. The interpreters have about 10 million, and take about 20 s.
const WEIGHT_MAX: u64 = 32 << 20;
/// Most modules and components within a component.
const MODULES_MAX: u64 = 1000;

/// What was counted so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Shape {
    functions: u64,
    largest: u64,
    weight: u64,
    modules: u64,
}

/// Refuses a component that would cost too much to compile.
pub(crate) fn check(bytes: &[u8]) -> Result<(), LoadError> {
    let mut shape = Shape::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { return Ok(()) };
        match payload {
            Payload::CodeSectionStart { count, .. } => shape.functions += u64::from(count),
            Payload::CodeSectionEntry(body) => {
                let size = body.range().len() as u64;
                shape.largest = shape.largest.max(size);
                shape.weight =
                    shape.weight.saturating_add(size.saturating_add(size.saturating_mul(size) / HEAVY));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => shape.modules += 1,
            _ => {}
        }
        shape.refuse()?;
    }
    Ok(())
}

impl Shape {
    fn refuse(&self) -> Result<(), LoadError> {
        let bounds = [
            ("functions", self.functions, FUNCTIONS_MAX),
            ("bytes in one function", self.largest, FUNCTION_SIZE_MAX),
            ("bytes of code, large functions weighed by their size", self.weight, WEIGHT_MAX),
            ("modules", self.modules, MODULES_MAX),
        ];
        match bounds.into_iter().find(|(_, count, limit)| count > limit) {
            Some((what, count, limit)) => Err(LoadError::TooComplex { what, count, limit }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
