//! What several tests of the program use.

use std::path::Path;

/// Lets the data folder share compiled code with those of other tests, which depends on nothing in them: where the
/// program was built without the code of its plugins, compiling them takes longer than any of these tests.
#[allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]
pub(crate) fn share_compiled_code(data: &Path) {
    #[cfg(unix)]
    {
        let program = Path::new(env!("CARGO_BIN_EXE_orchestrator"));
        let shared = program.ancestors().nth(2).unwrap().join("test-cache");
        std::fs::create_dir_all(&shared).unwrap();
        std::os::unix::fs::symlink(shared, data.join("cache")).unwrap();
    }
}
