//! What a model's answer may be made of, whatever it is read for.
//!
//! Whole files and patches come in the same prose: a name on a line of its own, a code fence, a sentence that says what
//! comes. Both are read by the same rules, or a line that names a file for one of them is a sentence for the other. So
//! the rules are here, once: [`name`] for lines that name a file, [`fence`] for Markdown's code fences, [`omission`] for
//! lines that stand in place of code, [`tag`] for tags that name a file, [`listing`] for lines with their numbers,
//! [`marked`] for lines with other things around them, [`around`] for tags around a file that are not its own, [`doubled`] for a closing bracket that came twice, [`kind`] for kinds of files in which such things are at home.
//!
//! Everything here looks at the text that it is given, keeps no state and reads no disk.

pub mod around;
pub mod doubled;
pub mod fence;
pub mod kind;
pub mod listing;
pub mod marked;
pub mod name;
pub mod omission;
pub mod tag;
