//! How long a service asks to be left alone: milliseconds, seconds, or a date.

use reqwest::header::HeaderMap;
use std::time::Duration;

/// Longest wait that a service can ask for; what is longer is cut, so that sums of times stay sane.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The wait that the headers of an answer ask for.
pub(super) fn read(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
    let millis = |text: &str| Some(seconds(text)? / 1000);
    let wait = header("retry-after-ms").and_then(millis).or_else(|| {
        let text = header("retry-after")?;
        seconds(text).or_else(|| {
            let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            Some(Duration::try_from(date.duration_since(jiff::Timestamp::now())).unwrap_or(Duration::ZERO))
        })
    });
    wait.map(|wait| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str) -> Option<Duration> {
        read(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn every_form_of_retry_after_is_understood_and_bounded() {
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("retry-after", "Wed, 01 Jan 9000 00:00:00 GMT"), Some(LONGEST));
        assert_eq!(wait("retry-after", "99999999999999"), Some(LONGEST));
        for nonsense in ["soon", "-1", "NaN", "1e400"] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense}");
        }
    }
}
