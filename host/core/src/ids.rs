//! Names that come from outside, checked once at the door.
//!
//! A project id becomes a folder name and a workflow name part of a URL, so both are held to what every file system
//! and every URL takes unescaped. A value of one of these types has passed that check; code behind the door never
//! looks again.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// Longest name accepted, in bytes. File systems allow 255; the rest is room for suffixes.
pub const NAME_MAX: usize = 128;

/// Base names that Windows keeps for devices, in any case and with any extension
/// (see "Naming Files, Paths, and Namespaces" in Microsoft's documentation).
const WINDOWS_RESERVED: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("it is empty; give 1 to {NAME_MAX} characters")]
    Empty,
    /// More than [`NAME_MAX`] bytes.
    #[error("it is {0} bytes long; at most {NAME_MAX} are allowed")]
    TooLong(usize),
    /// A character outside letters, digits, `.`, `_` and `-`.
    #[error("the character {0:?} is not allowed; use letters, digits, '.', '_' and '-'")]
    Character(char),
    /// A leading dot or dash, or a trailing dot.
    #[error("it may not begin with '.' or '-', nor end with '.'")]
    Edge,
    /// A name that Windows keeps for a device.
    #[error("{0:?} is a device name on Windows; choose another")]
    Reserved(String),
}

fn check_name(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > NAME_MAX {
        return Err(IdError::TooLong(text.len()));
    }
    if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))) {
        return Err(IdError::Character(bad));
    }
    if text.starts_with(['.', '-']) || text.ends_with('.') {
        return Err(IdError::Edge);
    }
    let base = text.split('.').next().unwrap_or(text);
    if WINDOWS_RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(base)) {
        return Err(IdError::Reserved(base.to_owned()));
    }
    Ok(())
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Checks `text` and takes it over.
            ///
            /// # Errors
            /// Says which rule the text breaks; see [`IdError`].
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check_name(&text)?;
                Ok(Self(Cow::Owned(text)))
            }

            /// The checked text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into_owned()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

checked_name! {
    /// Names a project, and with it the folder that holds the project's files.
    ProjectId
}
checked_name! {
    /// Names a workflow.
    WorkflowName
}
checked_name! {
    /// Names what an agent does (`planner`, `writer` …). The set is open: each agent plugin brings one.
    AgentType
}

checked_name! {
    /// Names a token, and with it whoever holds the token.
    TokenName
}

impl ProjectId {
    /// Most characters that [`ProjectId::for_request`] takes over from the request.
    const WORDS_MAX: usize = 40;

    /// A new project's name for a request that came without one: its first words and six random characters, such as
    /// `build-a-todo-app-3f9c1e`.
    #[must_use]
    pub fn for_request(user_request: &str) -> Self {
        let mut name = String::new();
        for word in user_request.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            if name.len() + word.len() > Self::WORDS_MAX {
                break;
            }
            name.push_str(&word.to_ascii_lowercase());
            name.push('-');
        }
        if name.is_empty() {
            name.push_str("project-");
        }
        // A version 7 UUID begins with the time and ends in randomness.
        let id = uuid::Uuid::now_v7().simple().to_string();
        name.extend(id.chars().skip(26));
        Self(Cow::Owned(name))
    }
}

impl WorkflowName {
    /// The workflow that a request without a name gets: `bolt_standard`.
    #[must_use]
    pub fn standard() -> Self {
        Self(Cow::Borrowed("bolt_standard"))
    }
}

/// The agent types of the plugins that the program carries.
impl AgentType {
    /// Creates execution plans.
    pub const PLANNER: Self = Self(Cow::Borrowed("planner"));
    /// Generates code.
    pub const WRITER: Self = Self(Cow::Borrowed("writer"));
    /// Repairs what fails.
    pub const FIXER: Self = Self(Cow::Borrowed("fixer"));
    /// Installs and runs.
    pub const RUNNER: Self = Self(Cow::Borrowed("runner"));
    /// Runs tests.
    pub const TESTER: Self = Self(Cow::Borrowed("tester"));
    /// Documents.
    pub const DOCUMENTER: Self = Self(Cow::Borrowed("documenter"));
    /// Improves code that works.
    pub const ENHANCER: Self = Self(Cow::Borrowed("enhancer"));
    /// Looks for defects.
    pub const ANALYZER: Self = Self(Cow::Borrowed("analyzer"));
    /// All of them, in the order in which people meet them.
    pub const BUILT_IN: [Self; 8] = [
        Self::PLANNER,
        Self::WRITER,
        Self::FIXER,
        Self::RUNNER,
        Self::TESTER,
        Self::DOCUMENTER,
        Self::ENHANCER,
        Self::ANALYZER,
    ];
}

/// The name of a step, unique within its workflow; free text for people, so only its length is bounded.
pub type StepName = String;

/// Identifies one run. A version 7 UUID, so that ids sort by the time the run was asked for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = "uuid")]
pub struct RunId(uuid::Uuid);

impl RunId {
    /// A new id, later in order than every id made before it.
    #[must_use]
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in ["my-project-001", "a", "Calc_2.0", "console", "nullable", &"x".repeat(NAME_MAX)] {
            assert_eq!(ProjectId::new(name).map(String::from), Ok(name.to_owned()));
        }
    }

    #[test]
    fn names_that_would_hurt_a_file_system_are_refused() {
        let refused = [
            ("", IdError::Empty),
            ("a/b", IdError::Character('/')),
            ("a\\b", IdError::Character('\\')),
            ("a\0b", IdError::Character('\0')),
            ("..", IdError::Edge),
            (".hidden", IdError::Edge),
            ("-rf", IdError::Edge),
            ("dot.", IdError::Edge),
            ("nul", IdError::Reserved("nul".into())),
            ("Com1.txt", IdError::Reserved("Com1".into())),
        ];
        for (name, error) in refused {
            assert_eq!(ProjectId::new(name), Err(error), "{name:?}");
        }
        assert_eq!(ProjectId::new("x".repeat(300)), Err(IdError::TooLong(300)));
    }

    #[test]
    fn a_project_without_a_name_is_named_after_its_request() {
        let name =
            ProjectId::for_request("Build a Todo-App, with React & TypeScript and a hundred more things");
        assert!(name.as_str().starts_with("build-a-todo-app-with-react-typescript-"), "{name}");
        assert!(ProjectId::for_request("日本語").as_str().starts_with("project-"));
        assert_ne!(ProjectId::for_request("x"), ProjectId::for_request("x"));
    }

    proptest::proptest! {
        #[test]
        fn a_name_made_for_a_request_is_a_valid_name(request in ".{0,200}") {
            let name = ProjectId::for_request(&request);
            proptest::prop_assert!(check_name(name.as_str()).is_ok());
        }

        #[test]
        fn an_accepted_name_is_one_plain_path_component(name in ".{0,140}") {
            if let Ok(id) = ProjectId::new(name) {
                let path = std::path::Path::new(id.as_str());
                let parts: Vec<_> = path.components().collect();
                proptest::prop_assert_eq!(parts.len(), 1);
                proptest::prop_assert!(matches!(parts[0], std::path::Component::Normal(_)));
            }
        }
    }
}
