//! Lists: one shape for all of them, and one way to go on.
//!
//! A list that is long is handed out page by page, newest first or sorted by name. `next` is where the next page begins:
//! the place of an item and not a number of items, so that nothing comes twice or not at all while others are added or
//! removed. It is sealed with the list that it belongs to, filters included: what was made up, cut off, or comes from
//! another list is refused rather than taken for some place of this one.

use crate::{
    extract::{encoded, query},
    problem::{Kind, Problem},
};
use axum::{Json, extract::FromRequestParts, http::request::Parts};
use orchestrator::{
    AuditView, Digest, ModelView, Part, PluginView, ProjectFile, ProjectSummary, RunSummary, Snapshot,
    TokenView,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt::Display, ops::RangeInclusive, str::FromStr};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

/// How many items a page may have.
const LIMIT: RangeInclusive<usize> = 1..=200;
/// How many it has where nobody says.
const LIMIT_DEFAULT: usize = 50;
/// Hexadecimal digits of a cursor's seal.
const SEAL: usize = 16;

/// A page of a list, or a list that is whole.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(Deserialize))]
pub(crate) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// A list that has one page.
    pub(crate) fn whole(items: Vec<T>) -> Json<Self> {
        Json(Self { items, next: None })
    }
}

/// What lists are made of.
pub(crate) trait Listed: ToSchema {
    /// What a page of them is called in the API's description.
    const PAGE: &'static str;
}

macro_rules! listed {
    ($($page:ident of $item:ty),* $(,)?) => {$(
        #[doc = concat!("A page of [`", stringify!($item), "`].")]
        pub(crate) type $page = Page<$item>;

        impl Listed for $item {
            const PAGE: &'static str = stringify!($page);
        }
    )*};
}

listed! {
    RunPage of RunSummary,
    ProjectPage of ProjectSummary,
    ProjectFilePage of ProjectFile,
    SnapshotPage of Snapshot,
    ModelPage of ModelView,
    PluginPage of PluginView,
    TokenPage of TokenView,
    AuditPage of AuditView,
}

impl<T: Listed> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("The items, in the list's order."));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some(
                "What `after` takes to go on behind the last item, with the same filters; null where the list ends. It is \
                 good for this list alone, and what it is made of may change.",
            ));
        ObjectBuilder::new()
            .property("items", items)
            .property("next", next)
            .required("items")
            .required("next")
            .description(Some("A page of a list."))
            .into()
    }
}

impl<T: Listed> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::PAGE)
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// At most so many items, 1 to 200. Default 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Go on after the page whose `next` this is, with the same filters.
    after: Option<String>,
}

impl PageQuery {
    /// Whether a parameter is one of these.
    fn has(name: &str) -> bool {
        matches!(name, "limit" | "after")
    }

    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        match LIMIT.contains(&limit) {
            true => Ok(limit),
            false => {
                let detail = format!("limit: give a number from {} to {}", LIMIT.start(), LIMIT.end());
                Err(Problem::new(Kind::InvalidRequest, detail).in_field("limit"))
            }
        }
    }
}

/// The parameters of a list without filters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFilter {}

/// A request for a page of a list: what the list is filtered by, and which page. `P` is what a place of the list is.
#[derive(Debug)]
pub(crate) struct Paged<F, P> {
    pub(crate) filter: F,
    pub(crate) limit: usize,
    pub(crate) after: Option<P>,
    pub(crate) list: List,
}

impl<F: DeserializeOwned, P: FromStr, S: Send + Sync> FromRequestParts<S> for Paged<F, P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(parts.uri.path(), parts.uri.query().unwrap_or_default())
    }
}

impl<F: DeserializeOwned, P: FromStr> Paged<F, P> {
    fn read(path: &str, text: &str) -> Result<Self, Problem> {
        let given = form_urlencoded::parse(text.as_bytes());
        let (page, mut filters): (Vec<_>, Vec<_>) = given.partition(|(name, _)| PageQuery::has(name));
        let page: PageQuery = query(&page)?;
        let filter = query(&filters)?;
        filters.sort();
        let list = List(format!("{path}?{}", encoded(&filters)));
        let limit = page.limit()?;
        let after = page.after.map(|cursor| list.place(&cursor)).transpose()?;
        Ok(Self { filter, limit, after, list })
    }
}

/// A list: its address with its filters.
#[derive(Debug)]
pub(crate) struct List(String);

impl List {
    /// A part of this list, as it is answered.
    pub(crate) fn page<T, P: Display>(&self, part: Part<T, P>) -> Json<Page<T>> {
        Json(Page { items: part.items, next: part.next.map(|place| self.cursor(&place.to_string())) })
    }

    fn cursor(&self, place: &str) -> String {
        format!("{}.{place}", self.seal(place))
    }

    /// Tells cursors of this list from all others. It keeps nobody from making one: the places of a list are no secret.
    fn seal(&self, place: &str) -> String {
        let mut seal = Digest::of(format!("{}\n{place}", self.0).as_bytes()).to_string();
        seal.truncate(SEAL);
        seal
    }

    fn place<P: FromStr>(&self, cursor: &str) -> Result<P, Problem> {
        let sealed = cursor.split_once('.').filter(|(seal, place)| *seal == self.seal(place));
        sealed.and_then(|(_, place)| place.parse().ok()).ok_or_else(|| {
            let detail = "after: this is no place of this list; give the `next` of a page before, as it was, with the same \
                          filters";
            Problem::new(Kind::InvalidRequest, detail).in_field("after")
        })
    }
}

#[cfg(test)]
mod tests;
