use super::*;
use crate::{Runtime, SandboxLimits};

/// A component with nothing in it: magic, version 13, layer 1.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

fn runtime() -> Runtime {
    Runtime::new(SandboxLimits { calls: 1, ..SandboxLimits::default() }, None).unwrap()
}

fn reason(compiled: &[u8]) -> String {
    match load(runtime().engine(), compiled, &Digest::of(EMPTY)) {
        Ok(_) => "it loads".into(),
        Err(reason) => reason.to_string(),
    }
}

#[test]
fn code_that_was_compiled_ahead_fits_the_programs_engine() {
    let precompiler = Precompiler::new().unwrap();
    let compiled = precompiler.precompile(EMPTY).unwrap();
    assert!(precompiler.is_current(EMPTY, &compiled));
    assert_eq!(reason(&compiled), "it loads");
}

#[test]
fn code_that_does_not_fit_is_left_aside_for_a_reason() {
    let precompiler = Precompiler::new().unwrap();
    let compiled = precompiler.precompile(EMPTY).unwrap();

    assert_eq!(reason(&compiled[..70]), "it is cut off");
    // A custom section named `x`: the same component to an engine, another one by its digest.
    let renamed = [EMPTY, b"\0\x02\x01x"].concat();
    let other = precompiler.precompile(&renamed).unwrap();
    assert_eq!(reason(&other), "it was made from another version of the plugin");
    assert!(!precompiler.is_current(EMPTY, &other));

    let mut engine = crate::engine::config();
    engine.epoch_interruption(false);
    let engine = Engine::new(&engine).unwrap();
    let foreign = Precompiler { engine, hash: [0; HASH] }.precompile(EMPTY).unwrap();
    let said = reason(&foreign);
    assert!(
        said.starts_with("it does not fit the engine: ") && said.contains("epoch interruption"),
        "{said}"
    );
    assert!(!precompiler.is_current(EMPTY, &foreign));
}

proptest::proptest! {
    #[test]
    fn a_changed_byte_is_found_out_before_the_code_is_looked_at(
        at in proptest::prelude::any::<proptest::sample::Index>(),
        change in 1_u8..,
    ) {
        let mut compiled = vec![7_u8; 500];
        let digest = Digest::of(&compiled);
        compiled.extend([0; HASH]);
        compiled.extend(Digest::of(EMPTY).0);
        compiled.extend(digest.0);
        let whole = Parts::of(&compiled).unwrap();
        proptest::prop_assert!(whole.are_whole() && whole.component == Digest::of(EMPTY));
        // The hash of the compiler only matters to the build.
        let hash = 500..500 + HASH;
        let at = at.index(compiled.len());
        compiled[at] ^= change;
        let changed = Parts::of(&compiled).unwrap();
        let taken = changed.are_whole() && changed.component == Digest::of(EMPTY);
        proptest::prop_assert_eq!(taken, hash.contains(&at));
    }
}
