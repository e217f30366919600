//! An operator that is applied to nothing: `...rest` among statements.

use super::judge::Judge;

impl Judge<'_> {
    /// `...rest` where a statement begins: nothing is there that it could be spread into.
    pub(super) fn is_spread_of_nothing(&self, at: usize) -> bool {
        let name = self.new.line(at).strip_prefix("...").map(|name| name.trim_end_matches(';'));
        let above = (0..at).rev().map(|above| self.new.line(above)).find(|line| !line.is_empty());
        name.is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$'))
            && above.is_some_and(|above| above.ends_with(';') || opens_block(above))
    }
}

/// Whether statements follow a line, and no parts of a value.
fn opens_block(line: &str) -> bool {
    let Some(head) = line.strip_suffix('{').map(str::trim_end) else { return false };
    let is_type = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " :<>[]._".contains(c));
    head.ends_with("=>")
        || head.rsplit_once(')').is_some_and(|(_, after)| is_type(after))
        || ["else", "try", "do", "finally"].iter().any(|word| head.ends_with(word))
}
