//! The code in `docs/writing-a-plugin.md` is code that is compiled: each block of a guest's language stands, word for
//! word, in a file that a test or a build reads.

const DOCUMENT: &str = include_str!("../../../docs/writing-a-plugin.md");
const SOURCES: [(&str, &str); 3] = [
    ("rust", include_str!("../examples/haiku.rs")),
    ("python", include_str!("../../../tests/guests/python/haiku-agent/app.py")),
    ("javascript", include_str!("../../../tests/guests/javascript/metadata-has/app.js")),
];

/// The blocks of a language, each as it stands between its fences.
fn blocks<'a>(language: &str) -> Vec<&'a str> {
    let open = format!("```{language}\n");
    let parts = DOCUMENT.split(open.as_str()).skip(1);
    parts.filter_map(|part| part.split("```").next()).collect()
}

#[test]
fn every_block_of_code_is_part_of_a_file_that_is_compiled() {
    for (language, source) in SOURCES {
        let blocks = blocks(language);
        assert!(!blocks.is_empty(), "no block of {language}");
        for block in blocks {
            assert!(source.contains(block), "not in the file of {language}:\n{block}");
        }
    }
}
