//! Points in time.

use jiff::{Error, SignedDuration, TimestampArithmetic};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, ops::Deref, str::FromStr};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// A point in time, to the millisecond: finer ones would only make every line longer.
///
/// As text it is RFC 3339 in UTC and always has three digits after the second, so that of two texts from the years 0 to
/// 9999 the earlier one sorts first. Without the zeros at the end, `05.1Z` would come after `05.12Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Before every other one.
    pub const MIN: Self = Self(jiff::Timestamp::MIN);
    /// After every other one.
    pub const MAX: Self = Self(jiff::Timestamp::MAX);
    /// The beginning of 1970.
    pub const UNIX_EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The present.
    #[must_use]
    pub fn now() -> Self {
        jiff::Timestamp::now().into()
    }

    /// So many milliseconds after the beginning of 1970.
    ///
    /// # Errors
    /// When that is outside of the years -9999 to 9999.
    pub fn from_millisecond(milliseconds: i64) -> Result<Self, Error> {
        jiff::Timestamp::from_millisecond(milliseconds).map(Self)
    }

    /// So many seconds after the beginning of 1970.
    ///
    /// # Errors
    /// When that is outside of the years -9999 to 9999.
    pub fn from_second(seconds: i64) -> Result<Self, Error> {
        jiff::Timestamp::from_second(seconds).map(Self)
    }

    /// So many nanoseconds after the beginning of 1970, without those that are no whole millisecond.
    ///
    /// # Errors
    /// When that is outside of the years -9999 to 9999.
    pub fn from_nanosecond(nanoseconds: i128) -> Result<Self, Error> {
        jiff::Timestamp::from_nanosecond(nanoseconds).map(Self::from)
    }

    /// The time so much later, or earlier for a length of time below zero.
    ///
    /// # Errors
    /// When that is outside of the years -9999 to 9999.
    pub fn checked_add(self, length: impl Into<TimestampArithmetic>) -> Result<Self, Error> {
        self.0.checked_add(length).map(Self::from)
    }

    /// The time so much earlier, or later for a length of time below zero.
    ///
    /// # Errors
    /// When that is outside of the years -9999 to 9999.
    pub fn checked_sub(self, length: impl Into<TimestampArithmetic>) -> Result<Self, Error> {
        self.0.checked_sub(length).map(Self::from)
    }

    /// How long after `earlier` it is; below zero where it is before.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(time: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time))
    }
}

impl Deref for Timestamp {
    type Target = jiff::Timestamp;

    fn deref(&self) -> &jiff::Timestamp {
        &self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.0)
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse().map(|time: jiff::Timestamp| time.into())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        jiff::Timestamp::deserialize(deserializer).map(Self::from)
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zeros_at_the_end_stay() {
        let text = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap().to_string();
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(1_800_000_000_120), "2027-01-15T08:00:00.120Z");
    }

    proptest! {
        /// 253,402,207,200,000 is in the last day that a timestamp can name.
        #[test]
        fn texts_sort_as_the_times_do(one in 0..253_402_207_200_000_i64, other in 0..253_402_207_200_000_i64) {
            let near = (one + other % 2_000).min(253_402_207_199_999);
            for other in [other, near] {
                let of = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
                prop_assert_eq!(of(one).cmp(&of(other)), of(one).to_string().cmp(&of(other).to_string()));
                prop_assert_eq!(of(one).to_string().parse::<Timestamp>().unwrap(), of(one));
            }
        }
    }
}
