//! What a guest asks to be started, and whether it makes sense.

use orchestrator_core::{ErrorCode, Failure};
use std::time::Duration;

/// Most arguments, the program included.
const ARGUMENTS_MAX: usize = 256;
/// Most environment variables.
const VARIABLES_MAX: usize = 64;
/// Most bytes of arguments and variables together. The system's own limit is above this everywhere.
const BYTES_MAX: usize = 64 * 1024;
/// Longest command that is shown to people, in characters.
const SHOWN_MAX: usize = 400;

/// What to start, where, with what, for how long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The program and its arguments. A program without `/` is looked up on the launcher's search path.
    pub argv: Vec<String>,
    /// Folder to start in, relative to the project's root; the root when none is given.
    pub directory: Option<String>,
    /// Environment variables on top of the launcher's.
    pub environment: Vec<(String, String)>,
    /// How long it may take; what is left of the call's time when none is given.
    pub timeout: Option<Duration>,
}

impl CommandLine {
    /// The program; empty when there is none.
    #[must_use]
    pub fn program(&self) -> &str {
        self.argv.first().map_or("", String::as_str)
    }

    /// Checks what holds for every launcher.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] or [`ErrorCode::LimitExceeded`], naming the part that cannot be used.
    pub fn check(&self) -> Result<(), Failure> {
        let invalid =
            |problem: String| Failure::new(ErrorCode::InvalidInput, format!("starting a program: {problem}"));
        if self.program().is_empty() {
            return Err(invalid("no program is named; the first argument is the program".into()));
        }
        for (name, value) in &self.environment {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(plain) || name.starts_with(|c: char| c.is_ascii_digit()) {
                return Err(invalid(format!("{name:?} cannot be the name of an environment variable")));
            }
            if is_reserved(name) {
                return Err(invalid(format!(
                    "the environment variable {name} cannot be set; the host sets it itself"
                )));
            }
            if value.contains('\0') {
                return Err(invalid(format!("the environment variable {name} has a zero byte in it")));
            }
        }
        if let Some(argument) = self.argv.iter().chain(&self.directory).find(|text| text.contains('\0')) {
            return Err(invalid(format!("{argument:?} has a zero byte in it")));
        }
        self.check_size()
    }

    fn check_size(&self) -> Result<(), Failure> {
        let variables = self.environment.iter().map(|(name, value)| name.len() + value.len());
        let bytes: usize = self.argv.iter().map(String::len).chain(variables).sum();
        let limits = [
            ("arguments", self.argv.len(), ARGUMENTS_MAX),
            ("environment variables", self.environment.len(), VARIABLES_MAX),
            ("bytes of arguments and variables", bytes, BYTES_MAX),
        ];
        match limits.iter().find(|(_, given, most)| given > most) {
            Some((what, given, most)) => Err(Failure::new(
                ErrorCode::LimitExceeded,
                format!(
                    "starting '{}': {given} {what} were given; at most {most} are allowed",
                    self.shown_program()
                ),
            )),
            None => Ok(()),
        }
    }

    /// The program, as messages name it.
    pub(crate) fn shown_program(&self) -> String {
        shorten(&visible(self.program()), 80)
    }

    /// The command as people write it, for reading only: quoted where needed, without control characters, shortened.
    #[must_use]
    pub fn shown(&self) -> String {
        let words: Vec<_> = self.argv.iter().map(|argument| quote(argument)).collect();
        shorten(&visible(&words.join(" ")), SHOWN_MAX)
    }
}

/// Whether a variable decides which code runs before the program does, where it goes, or how the host finds what it
/// started.
fn is_reserved(name: &str) -> bool {
    const NAMES: [&str; 7] =
        ["PATH", "HOME", "TMPDIR", "ENV", "BASH_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"];
    const PREFIXES: [&str; 6] = ["LD_", "DYLD_", "ORCHESTRATOR_", "PYTHON", "GIT_", "NPM_CONFIG_"];
    // These decide nothing but how Python prints and counts.
    const FINE: [&str; 3] = ["PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONIOENCODING"];
    let name = name.to_ascii_uppercase();
    let steers = NAMES.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || name.ends_with("_PROXY");
    steers && !FINE.contains(&name.as_str())
}

fn quote(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,^~".contains(c);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

/// Text that shows what it is and cannot command a terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The first `most` characters, marked when there were more.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(argv: &[&str]) -> CommandLine {
        CommandLine { argv: argv.iter().map(|&argument| argument.into()).collect(), ..CommandLine::default() }
    }

    #[test]
    fn a_command_is_shown_as_people_write_it() {
        assert_eq!(line(&["npm", "run", "test:unit", "--", "--a=b"]).shown(), "npm run test:unit -- --a=b");
        assert_eq!(line(&["sh", "-c", "echo it's", ""]).shown(), r"sh -c 'echo it'\''s' ''");
        assert_eq!(line(&["echo", "\u{1b}]52;c;aGk=\u{7}\nx"]).shown(), "echo ' ]52;c;aGk=  x'");
        assert_eq!(line(&[&"x".repeat(1000)]).shown().chars().count(), SHOWN_MAX + 1);
    }

    #[test]
    fn what_cannot_be_started_is_refused_by_name() {
        let code = |line: CommandLine| line.check().expect_err("is refused").code;
        assert_eq!(code(line(&[])), ErrorCode::InvalidInput);
        assert_eq!(code(line(&["", "x"])), ErrorCode::InvalidInput);
        assert_eq!(code(line(&["npm\0x"])), ErrorCode::InvalidInput);
        assert_eq!(code(line(&["x"; 300])), ErrorCode::LimitExceeded);
        assert_eq!(code(line(&["x", &"y".repeat(BYTES_MAX)])), ErrorCode::LimitExceeded);
        line(&["npm", ""]).check().expect("is fine");
    }

    #[test]
    fn variables_that_steer_the_loader_are_refused() {
        let with = |name: &str, value: &str| CommandLine {
            environment: vec![(name.into(), value.into())],
            ..line(&["npm"])
        };
        for name in
            ["LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "PATH", "HOME", "ORCHESTRATOR_COMMAND", "A=B", "", "1A"]
        {
            assert!(with(name, "x").check().is_err(), "{name:?}");
        }
        assert!(with("NODE_ENV", "a\0b").check().is_err());
        with("NODE_ENV", "test").check().expect("is fine");
        with("PYTHONUNBUFFERED", "1").check().expect("is fine");
    }
}
