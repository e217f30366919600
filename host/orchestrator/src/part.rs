//! Parts of lists. A list goes on after the place of an item, and not after so many items, so that what is added or
//! removed meanwhile makes nothing come twice or not at all.

/// Some items of a list, in its order, and where the rest begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T, P> {
    /// The items.
    pub items: Vec<T>,
    /// The place after which the list goes on; none at its end.
    pub next: Option<P>,
}

impl<T, P> Part<T, P> {
    /// The first `limit` of what was found, which was looked for with one more: that one tells whether there is more.
    pub(crate) fn of(mut found: Vec<T>, limit: usize, place: impl FnOnce(&T) -> P) -> Self {
        let goes_on = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| goes_on).map(place);
        Self { items: found, next }
    }

    /// The same part of other items.
    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Part<U, P> {
        Part { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_has_more_goes_on() {
        let part = |found: &[u8]| Part::of(found.to_vec(), 2, |last| *last);
        assert_eq!(part(&[]), Part { items: vec![], next: None });
        assert_eq!(part(&[1, 2]), Part { items: vec![1, 2], next: None });
        assert_eq!(part(&[1, 2, 3]), Part { items: vec![1, 2], next: Some(2) });
    }
}
