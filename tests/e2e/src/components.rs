//! Components made byte by byte: other versions of real ones, and ones that no compiler would make.

/// The first bytes of every component.
const PREAMBLE: [u8; 8] = *b"\0asm\x0d\0\x01\0";
/// The first bytes of every core module.
const MODULE: [u8; 8] = *b"\0asm\x01\0\0\0";

/// The same component with another digest: a custom section is added, which changes nothing else.
#[must_use]
pub fn another_version_of(component: &[u8], label: &str) -> Vec<u8> {
    let mut bytes = component.to_vec();
    bytes.extend(section(0, named(label)));
    bytes
}

/// A core module where a component is expected.
#[must_use]
pub fn core_module() -> Vec<u8> {
    MODULE.to_vec()
}

/// A component that imports each of `imports` as an instance without items, and exports the first of them as `export`.
#[must_use]
pub fn importing(imports: &[&str], export: &str) -> Vec<u8> {
    let mut bytes = PREAMBLE.to_vec();
    // One type: an instance type (0x42) of no declarations.
    bytes.extend(section(7, vec![1, 0x42, 0]));
    let mut imported = vec![length(imports.len())];
    for import in imports {
        imported.push(0);
        imported.extend(named(import));
        // An instance (0x05) of type 0.
        imported.extend([0x05, 0]);
    }
    bytes.extend(section(10, imported));
    let mut exported = vec![1, 0];
    exported.extend(named(export));
    // The instance (0x05) number 0, without a type of its own.
    exported.extend([0x05, 0, 0]);
    bytes.extend(section(11, exported));
    bytes
}

fn section(id: u8, content: Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![id];
    let mut size = content.len();
    // Unsigned LEB128.
    while size >= 0x80 {
        bytes.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    bytes.push(size as u8);
    bytes.extend(content);
    bytes
}

fn named(name: &str) -> Vec<u8> {
    let mut bytes = vec![length(name.len())];
    bytes.extend(name.as_bytes());
    bytes
}

/// A length that takes one byte.
fn length(length: usize) -> u8 {
    u8::try_from(length).ok().filter(|length| *length < 0x80).expect("names and lists are short here")
}
