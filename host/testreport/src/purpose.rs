//! What a command is for, by how it is written.

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Brings in what a project needs.
    Install,
    /// Builds or checks a project without running its tests.
    Build,
    /// Runs a project's tests.
    Test,
    /// Something else.
    Other,
}

/// Programs that run another one, with the words of their own that may stand before it.
const RUNNERS: [&[&str]; 9] = [
    &["npx"],
    &["bunx"],
    &["uv", "run"],
    &["poetry", "run"],
    &["bundle", "exec"],
    &["pnpm", "exec"],
    &["yarn", "exec"],
    &["npm", "exec"],
    &["env"],
];
/// Programs whose scripts a project names.
const SCRIPTS: [&str; 5] = ["npm", "pnpm", "yarn", "bun", "composer"];
/// Programs that do nothing but run tests.
const TESTERS: [&str; 24] = [
    "pytest",
    "py.test",
    "jest",
    "vitest",
    "mocha",
    "ava",
    "tape",
    "rspec",
    "phpunit",
    "pest",
    "ctest",
    "tox",
    "nox",
    "bats",
    "prove",
    "busted",
    "karma",
    "behave",
    "cucumber",
    "cucumber-js",
    "jasmine",
    "uvu",
    "gotestsum",
    "minitest",
];

/// What a command is for. A shell's line is looked at command by command: what it tests counts first.
#[must_use]
pub fn purpose(argv: &[String]) -> Purpose {
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    let shell = words.first().is_some_and(|program| ["sh", "bash", "dash", "zsh"].contains(&name(program)));
    match words.iter().position(|word| word.starts_with('-') && word.ends_with('c')) {
        Some(at) if shell => {
            let line = words.iter().skip(at).nth(1).copied().unwrap_or_default();
            let each = || {
                line.split(['|', '&', ';', '\n']).map(|part| of(&part.split_whitespace().collect::<Vec<_>>()))
            };
            [Purpose::Test, Purpose::Build, Purpose::Install]
                .into_iter()
                .find(|purpose| each().any(|found| found == *purpose))
                .unwrap_or(Purpose::Other)
        }
        _ => of(&words),
    }
}

fn name(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program).trim_end_matches(".exe")
}

fn of(words: &[&str]) -> Purpose {
    let Some((program, rest)) = words.split_first() else { return Purpose::Other };
    let program = name(program);
    let behind = RUNNERS.iter().find_map(|runner| {
        let (first, own) = runner.split_first()?;
        rest.strip_prefix(own).filter(|_| *first == program)
    });
    if let Some(rest) = behind {
        let at = rest.iter().position(|word| !word.starts_with('-') && !word.contains('='));
        return of(at.and_then(|at| rest.get(at..)).unwrap_or_default());
    }
    if TESTERS.contains(&program) {
        return Purpose::Test;
    }
    let first = rest.iter().find(|word| !word.starts_with(['-', '+'])).copied().unwrap_or_default();
    if SCRIPTS.contains(&program) {
        return script(rest, first);
    }
    by_program(program, rest, first)
}

/// `npm test`, `npm run build`, `yarn install`.
fn script(rest: &[&str], first: &str) -> Purpose {
    let named = match first {
        "run" | "run-script" => {
            rest.iter().skip_while(|word| **word != first).nth(1).copied().unwrap_or_default()
        }
        other => other,
    };
    match named.split([':', '-']).next().unwrap_or_default() {
        "test" | "tests" | "t" | "tst" | "spec" | "e2e" => Purpose::Test,
        "build" | "compile" | "typecheck" | "check" | "lint" => Purpose::Build,
        "install" | "i" | "ci" | "add" | "update" if named == first => Purpose::Install,
        "" => Purpose::Install,
        _ => Purpose::Other,
    }
}

fn by_program(program: &str, rest: &[&str], first: &str) -> Purpose {
    let has = |word: &str| rest.contains(&word);
    match (program, first) {
        (_, _) if program.starts_with("python") => python(rest, first),
        ("node", _) if has("--test") => Purpose::Test,
        ("node", _) if has("--check") => Purpose::Build,
        ("cargo", "test" | "t" | "nextest")
        | (
            "go" | "deno" | "dotnet" | "swift" | "mix" | "dart" | "flutter" | "bazel" | "meson" | "sbt"
            | "rails",
            "test",
        )
        | ("make" | "just" | "task" | "rake", "test" | "tests" | "check" | "spec")
        | ("mvn" | "mvnw", "test" | "verify" | "package" | "install")
        | ("gradle" | "gradlew", "test" | "check" | "build") => Purpose::Test,
        ("playwright", "test") => Purpose::Test,
        ("zig", "build") if has("test") => Purpose::Test,
        ("zig", "test") => Purpose::Test,
        ("cargo", "build" | "check" | "clippy" | "b" | "c")
        | ("go", "build" | "vet")
        | ("dotnet" | "swift" | "zig", "build")
        | ("deno", "check" | "compile")
        | ("mvn" | "mvnw", "compile")
        | ("gradle" | "gradlew", "assemble" | "compileJava")
        | ("vite" | "next" | "webpack" | "rollup" | "esbuild" | "parcel", "build")
        | ("tsc" | "gcc" | "g++" | "clang" | "javac" | "cmake" | "ninja", _) => Purpose::Build,
        ("make" | "just", "" | "all" | "build") => Purpose::Build,
        ("pip" | "pip3" | "poetry" | "bundle" | "gem", "install")
        | ("cargo", "fetch")
        | ("go", "mod" | "get")
        | ("dotnet", "restore")
        | ("mix", "deps.get")
        | ("uv", "sync" | "pip" | "venv") => Purpose::Install,
        _ if is_test_file(program) => Purpose::Test,
        ("node" | "deno" | "ruby" | "php" | "perl" | "tsx" | "ts-node", _) if is_test_file(first) => {
            Purpose::Test
        }
        _ => Purpose::Other,
    }
}

fn python(rest: &[&str], first: &str) -> Purpose {
    let module = rest.iter().skip_while(|word| **word != "-m").nth(1).copied().unwrap_or_default();
    match module {
        "pytest" | "unittest" | "nose2" | "doctest" | "tox" => Purpose::Test,
        "pip" | "venv" | "ensurepip" => Purpose::Install,
        "compileall" | "py_compile" | "mypy" => Purpose::Build,
        _ if first == "manage.py" && rest.contains(&"test") => Purpose::Test,
        _ if is_test_file(first) => Purpose::Test,
        _ => Purpose::Other,
    }
}

/// `test.js`, `tests/run.py`, `todo.test.mjs`, `test_todo.py`.
fn is_test_file(path: &str) -> bool {
    let mut words = path.split(['/', '.', '_', '-']);
    path.contains('.') && words.any(|word| ["test", "tests", "spec"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known_by_how_they_are_written() {
        let of = |line: &str| purpose(&line.split(' ').map(String::from).collect::<Vec<_>>());
        for line in [
            "npm test",
            "npm run test:unit",
            "yarn test --ci",
            "npx --yes vitest run",
            "node --test",
            "node test.js",
            "cargo nextest run",
            "cargo +nightly test",
            "go test -json ./...",
            ".venv/bin/python -m pytest --junit-xml=x",
            "python3 -m unittest",
            "python3 manage.py test",
            "uv run pytest -q",
            "bundle exec rspec",
            "./mvnw -q test",
            "make check",
            "deno test",
            "bun test",
            "npx playwright test",
            "prove -v t/",
        ] {
            assert_eq!(of(line), Purpose::Test, "{line}");
        }
        for line in ["npm run build", "tsc --noEmit", "cargo check", "go vet ./...", "make"] {
            assert_eq!(of(line), Purpose::Build, "{line}");
        }
        for line in [
            "npm install --no-audit",
            "npm ci",
            "pip install -r requirements.txt",
            "python3 -m pip install x",
        ] {
            assert_eq!(of(line), Purpose::Install, "{line}");
        }
        for line in
            ["node server.js", "echo test", "ls tests", "cat test.js", "npm start", "python3 main.py", ""]
        {
            assert_eq!(of(line), Purpose::Other, "{line}");
        }
    }

    #[test]
    fn a_shells_line_is_what_its_commands_are() {
        let of = |line: &str| purpose(&["sh".into(), "-c".into(), line.into()]);
        assert_eq!(of("npm test 2>&1 | tail -5"), Purpose::Test);
        assert_eq!(of("npm ci && npm run build"), Purpose::Build);
        assert_eq!(of("node t.js | tail"), Purpose::Other);
    }
}
