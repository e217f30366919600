use super::*;
use proptest::prelude::*;

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// Unsigned LEB128.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &number(content.len()), content].concat()
}

/// A module with `count` functions, each of which does nothing for `size` bytes.
fn module(count: usize, size: usize) -> Vec<u8> {
    let types = section(1, &[1, 0x60, 0, 0]);
    let functions = section(3, &[number(count), vec![0; count]].concat());
    let mut body = vec![0x01; size.max(2)];
    body[0] = 0;
    *body.last_mut().unwrap() = 0x0b;
    let body = [number(body.len()), body].concat();
    let code = section(10, &[number(count), body.repeat(count)].concat());
    [MODULE, &types, &functions, &code].concat()
}

fn component(modules: &[Vec<u8>]) -> Vec<u8> {
    let modules = modules.iter().flat_map(|module| section(1, module));
    COMPONENT.iter().copied().chain(modules).collect()
}

fn refused(modules: &[Vec<u8>]) -> String {
    check(&component(modules)).expect_err("it is too much").to_string()
}

#[test]
fn compile_bombs_are_refused_by_what_they_are_made_of() {
    assert!(refused(&[module(FUNCTIONS_MAX as usize + 1, 2)]).contains("200001 functions"));
    assert!(refused(&[module(1, FUNCTION_SIZE_MAX as usize + 1)]).contains("bytes in one function"));
    let large = module(1, 1 << 19);
    assert!(refused(&vec![large; 8]).contains("bytes of code"));
    assert!(refused(&vec![MODULE.to_vec(); MODULES_MAX as usize + 1]).contains("1001 modules"));
}

#[test]
fn functions_are_summed_over_nested_components() {
    let inner = component(&[module(FUNCTIONS_MAX as usize / 2 + 1, 2)]);
    let nested = |inner: &[u8]| [COMPONENT, &section(4, inner), &section(4, inner)].concat();
    assert!(check(&nested(&inner)).unwrap_err().to_string().contains("functions"));
    check(&inner).unwrap();
}

#[test]
fn what_is_within_the_bounds_passes() {
    check(&component(&[module(1000, 100), module(1, 1 << 19), module(200, 60 << 10)])).unwrap();
    check(b"nothing of the kind").unwrap();
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = check(&[COMPONENT, &bytes].concat());
        let _ = check(&bytes);
    }
}
