//! How a model is told to write files. The parser and this text are two sides of one agreement; a test holds the
//! example in the text against the parser.

/// The passage for the system prompt, for tags with the mark `nonce`.
#[must_use]
pub fn artifact_format(nonce: &str) -> String {
    format!(
        r#"# How to write files

Write each file as one block. The program that reads your answer puts what is between the tags on the disk:

<file-{nonce} path="src/greet.js">
// Greets whoever is named.
export const greet = (name) => `Hello, ${{name}}!`;
</file-{nonce}>

To delete or rename a file, no content is needed:

<delete-{nonce} path="src/old.js"/>
<rename-{nonce} from="src/hello.js" to="src/greeting.js"/>

- Put each tag on a line of its own and keep the mark `-{nonce}` in it. The mark is what tells your tags from tags that are part of a file.
- Paths are relative to the project's root, with `/` between folders.
- The block becomes the file, character for character: escape nothing, and put no code fence and no CDATA around it.
- Write the file from its first line to its last. A line such as "rest of the code unchanged" would take the place of that code, so a block with one is refused. Where you delete code on purpose, leave no comment in its place.
- A code block or a diff outside of the tags changes no file that is there.
- End each file before you begin the next. A file without its end tag is not written.
- Outside of the blocks, a sentence or two on what you did is enough; people read it."#
    )
}
