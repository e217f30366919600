//! A change that gives every injury something to injure, whatever the history happens to hold when the test is run: it
//! has comments, quotes, blank lines and indentation, and it only removes lines.

use super::history::Sample;
use orchestrator_core::RelativePath;
use orchestrator_patch::make;

/// The file after the change. The lines that begin with `GONE` are those of the file before.
const FILE: &str = r#"import os

# Where settings are read from.
PLACES = ["/etc/shop.toml", "shop.toml"]


def settings():
    # The last place that has a file wins.
    found = None
    for place in PLACES:
        if os.path.exists(place):
GONE            print("found", place);
            found = place

    return found


def total(prices):
    # An empty cart costs nothing.
    result = 0
    for price in prices:
        result += price

    return result


def label(name, price):
    # Prices are whole cents.
    euros = price / 100
    text = "{}: {:.2f}".format(name, euros)
GONE    print("labelled", text);
    return text
"#;

/// A text with fences of its own, and commas at the ends of lines.
const TEXT: &str = r#"# Shop

Start it as follows,
on any machine:

```sh
GONEshop --serve --port 80
shop serve --port 80
```

Stop it again,
GONEsome time:
when it is over:

```sh
shop stop
```

That is all.
"#;

/// The changes as samples.
pub(crate) fn samples() -> [Sample; 2] {
    [sample("shop.py", FILE), sample("shop.md", TEXT)]
}

fn sample(path: &str, file: &str) -> Sample {
    let old: String =
        file.lines().map(|line| format!("{}\n", line.strip_prefix("GONE").unwrap_or(line))).collect();
    let new: String =
        file.lines().filter(|line| !line.starts_with("GONE")).map(|line| format!("{line}\n")).collect();
    let path = RelativePath::parse(path).expect("a good path");
    let diff = make(&path, Some(old.as_bytes()), Some(new.as_bytes()));
    let diff = String::from_utf8(diff).expect("text makes text");
    Sample { commit: "(fixed)".into(), path, old, new, diff }
}
