//! Names that stand for a name: `path/to/file.js`, `your-file.js`, `filename.ext`.

/// What follows `your` in the name of a file that is to be called otherwise.
const GENERIC: &str = "file filename name path project app script component module folder directory dir repo repository package \
    class page view code root";
/// Folders that no project has at its top but in an example.
const FOLDERS: [&str; 6] =
    ["path/to/", "some/path/", "your/path/", "path/of/", "the/path/to/", "full/path/to/"];

/// Whether a path stands for another one. A folder of that name below the top is a project's own.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.strip_prefix("./").unwrap_or(text);
    FOLDERS.iter().any(|folder| text.starts_with(folder))
        || text.ends_with(".ext")
        || (text.contains("your") || text.contains("Your")) && text.split('/').any(is_yours)
}

/// `your-file`, `your_app`, `YourComponent`, `yourProject`.
fn is_yours(part: &str) -> bool {
    let rest = part.strip_prefix("your").or_else(|| part.strip_prefix("Your"));
    let Some(rest) = rest.map(|rest| rest.trim_start_matches(['-', '_', ' '])) else { return false };
    let end = rest.find(['.', '-', '_']).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default().to_lowercase();
    GENERIC.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn what_stands_for_a_name_is_told_from_names() {
        for text in [
            "path/to/file.js",
            "./path/to/your/file.ex",
            "some/path/a.js",
            "your-file.js",
            "your_script.py",
            "src/YourComponent.tsx",
            "your-project/src/a.js",
            "yourFile.ts",
            "filename.ext",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "src/path/to/file.js",
            "tests/path/to/a.js",
            "your-orders.html",
            "yours.js",
            "path/a.js",
            "text.js",
            "next.config.js",
            "docs/your-first-run.md",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
