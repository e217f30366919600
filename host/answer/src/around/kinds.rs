//! Names of tags that are put around files, and kinds of files that have no tags, or any.

/// Tags that other tools have around a file.
const WRAPPERS: [&str; 13] = [
    "action",
    "artifact",
    "code",
    "content",
    "contents",
    "create_file",
    "document",
    "file",
    "file_content",
    "file_text",
    "source",
    "write_file",
    "write_to_file",
];
/// Those that are nothing else.
const CERTAIN: [&str; 3] = ["antartifact", "boltaction", "boltartifact"];
/// Tags of the calls of tools, and of the parts of a model's answer. Some are elements of pages and drawings, so they are known
/// in files of code alone.
const OF_CALLS: [&str; 36] = [
    "answer",
    "apply_diff",
    "apply_patch",
    "arguments",
    "assistant",
    "diff",
    "edit",
    "edits",
    "function",
    "function_call",
    "function_calls",
    "insert_content",
    "invoke",
    "new_str",
    "new_string",
    "new_text",
    "old_str",
    "old_string",
    "old_text",
    "parameter",
    "parameters",
    "patch",
    "replace",
    "replace_in_file",
    "replacement",
    "response",
    "result",
    "search",
    "search_and_replace",
    "str_replace",
    "text",
    "think",
    "thinking",
    "tool_call",
    "tool_calls",
    "tool_use",
];
/// Those of [`WRAPPERS`] that pages have.
const ELEMENTS: [&str; 2] = ["code", "source"];
/// Endings of languages in which no line at the margin is a tag at either end of a file, unless the file has both halves.
const WITHOUT_TAGS: [&str; 32] = [
    "bash", "c", "cc", "cjs", "cpp", "cs", "css", "dart", "go", "h", "hpp", "ini", "java", "js", "json",
    "kt", "less", "lua", "mjs", "py", "rb", "rs", "sass", "scala", "scss", "sh", "sql", "swift", "toml",
    "ts", "yaml", "yml",
];
/// Endings of pages and components. Other markup is XML, or a template of anything.
const PAGES: [&str; 6] = ["astro", "htm", "html", "svelte", "vue", "xhtml"];

pub(super) fn is_wrapper(name: &str) -> bool {
    is_one_of(name, &WRAPPERS)
}

pub(super) fn is_certain(name: &str) -> bool {
    is_one_of(name, &CERTAIN)
}

/// Whether a tag of this name, perhaps with the name of a space before it, belongs to the call of a tool.
pub(super) fn is_of_call(name: &str) -> bool {
    is_one_of(name.rsplit(':').next().unwrap_or(name), &OF_CALLS)
}

pub(super) fn is_element(name: &str) -> bool {
    is_one_of(name, &ELEMENTS)
}

pub(super) fn has_no_tags(path: &str) -> bool {
    is_one_of(ending(path), &WITHOUT_TAGS)
}

/// Whether the root of a file of this kind may have any name.
pub(super) fn needs_declaration(path: &str) -> bool {
    !is_one_of(ending(path), &PAGES)
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_one_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}
