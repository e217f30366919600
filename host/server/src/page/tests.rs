use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(rename = "status")]
    _status: Option<String>,
}

type Request = Paged<Filter, u32>;

fn read(path: &str, text: &str) -> Result<(usize, Option<u32>), (Option<String>, String)> {
    let told = |problem: Problem| (problem.field, problem.detail);
    Request::read(path, text).map(|paged| (paged.limit, paged.after)).map_err(told)
}

#[test]
fn a_limit_outside_of_its_range_is_refused() {
    assert_eq!((read("/runs", ""), read("/runs", "limit=200")), (Ok((50, None)), Ok((200, None))));
    for limit in ["0", "201", "-1", "many", ""] {
        let (field, detail) = read("/runs", &format!("limit={limit}")).unwrap_err();
        assert_eq!(field.as_deref(), Some("limit"), "{detail}");
    }
    assert!(read("/runs", "limit=1&limit=2").is_err());
}

/// The cursor to place 7 of a list.
fn cursor(path: &str, filters: &str) -> String {
    let part = Part { items: vec![1, 2], next: Some(7) };
    Request::read(path, filters).unwrap().list.page(part).0.next.unwrap()
}

#[test]
fn a_cursor_is_good_for_its_list_and_its_filters_alone() {
    let of_all = cursor("/runs", "limit=2");
    assert_eq!(read("/runs", &format!("after={of_all}&limit=9")), Ok((9, Some(7))));
    let of_some = cursor("/runs", "status=failed");
    assert_eq!(read("/runs", &format!("after={of_some}&status=failed")), Ok((50, Some(7))));
    for (path, text) in [
        ("/runs", format!("after={of_some}")),
        ("/runs", format!("after={of_some}&status=running")),
        ("/runs", format!("after={of_all}&status=failed")),
        ("/projects", format!("after={of_all}")),
        ("/runs", "after=".to_owned()),
        ("/runs", "after=7".to_owned()),
        ("/runs", format!("after={}8", &of_all[..of_all.len() - 1])),
    ] {
        let (field, detail) = read(path, &text).unwrap_err();
        assert_eq!(field.as_deref(), Some("after"), "{path}?{text}: {detail}");
    }
}

/// What happens to a list between two pages.
#[derive(Debug, Clone)]
enum Change {
    Add(u32),
    Remove(u32),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<bool>(), 0..60_u32);
    let change = change.prop_map(|(add, item)| if add { Change::Add(item) } else { Change::Remove(item) });
    prop::collection::vec(change, 0..4)
}

proptest! {
    /// What was there from the first page to the last comes once, in order; nothing comes twice.
    #[test]
    fn paging_neither_skips_nor_repeats(
        mut there in prop::collection::btree_set(0..60_u32, 0..40),
        between in prop::collection::vec(changes(), 60),
        limit in 1..7_usize,
    ) {
        let (mut seen, mut stayed) = (Vec::new(), there.clone());
        let mut text = format!("limit={limit}");
        for changes in between {
            let paged = Request::read("/runs", &text).unwrap();
            let rest: Vec<_> =
                there.iter().copied().filter(|item| paged.after.is_none_or(|after| *item > after)).collect();
            let items: Vec<_> = rest.iter().copied().take(paged.limit).collect();
            let next = items.last().copied().filter(|_| rest.len() > items.len());
            let Json(page) = paged.list.page(Part { items, next });
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            text = format!("limit={limit}&after={next}");
            for change in changes {
                match change {
                    Change::Add(item) => there.insert(item),
                    Change::Remove(item) => stayed.remove(&item) | there.remove(&item),
                };
            }
        }
        let once: BTreeSet<_> = seen.iter().copied().collect();
        prop_assert!(seen.is_sorted() && once.len() == seen.len(), "{seen:?}");
        prop_assert!(stayed.is_subset(&once), "{stayed:?} {seen:?}");
    }

    /// Whatever is sent is a place of the list or refused.
    #[test]
    fn no_text_is_taken_for_a_place(text in ".{0,60}") {
        let list = List("/runs?".to_owned());
        prop_assert!(list.place::<u32>(&text).is_err());
    }
}
