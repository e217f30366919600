//! This test program, started inside of a sandbox for its check.

use crate::sandbox::{Helper, inside};

/// Makes the test runner start one "test" and leave the rest of the arguments alone.
const ARGUMENTS: [&str; 5] =
    ["attacks::helper::what_the_inside_does", "--exact", "--nocapture", "--include-ignored", "--"];

pub(super) fn helper() -> Helper {
    let program = std::env::current_exe().expect("is known");
    Helper { program, arguments: ARGUMENTS.map(str::to_owned).to_vec() }
}

#[test]
#[ignore = "is no test: the check of the sandbox starts it inside"]
fn what_the_inside_does() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--").skip(1).peekable();
    if arguments.peek().is_some() {
        let code = inside::run(&arguments.collect::<Vec<_>>());
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}
