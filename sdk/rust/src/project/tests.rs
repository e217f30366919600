use super::*;
use std::collections::BTreeMap;

#[derive(Default)]
struct Table {
    paths: Vec<String>,
    files: BTreeMap<String, String>,
    installed: Vec<String>,
    programs: Vec<String>,
}

impl Table {
    fn with(mut self, path: &str, content: &str) -> Self {
        self.files.insert(path.into(), content.into());
        self.paths = self.files.keys().cloned().collect();
        self
    }

    fn installed(mut self, path: &str) -> Self {
        self.installed.push(path.into());
        self
    }

    fn program(mut self, name: &str) -> Self {
        self.programs.push(name.into());
        self
    }

    fn recipe(&self) -> Recipe {
        let mut recipes = recipes(self).unwrap();
        assert_eq!(recipes.len(), 1, "{recipes:?}");
        recipes.remove(0)
    }
}

impl Surroundings for Table {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn read(&self, path: &str) -> Result<Option<String>, Error> {
        Ok(self.files.get(path).cloned())
    }

    fn exists(&self, path: &str) -> bool {
        self.installed.iter().any(|known| known == path)
    }

    fn has_program(&self, name: &str) -> bool {
        self.programs.iter().any(|known| known == name)
    }
}

fn joined(argv: Option<Vec<String>>) -> String {
    argv.unwrap_or_default().join(" ")
}

#[test]
fn a_package_without_dependencies_needs_no_installation() {
    let recipe = Table::default().with("package.json", r#"{"scripts":{"test":"node --test"}}"#).recipe();
    assert!(recipe.install.is_empty());
    assert_eq!(joined(recipe.test), "npm test");
}

#[test]
fn what_a_package_asks_for_is_installed_unless_all_of_it_is_there() {
    let package =
        r#"{"scripts":{"test":"vitest"},"dependencies":{"react":"19"},"devDependencies":{"@a/b":"1"}}"#;
    let project = Table::default().with("package.json", package).installed("node_modules/react");
    assert_eq!(project.recipe().install, [["npm", "install", "--no-audit", "--no-fund"]]);
    assert!(project.installed("node_modules/@a/b").recipe().install.is_empty());
}

#[test]
fn the_lock_file_names_the_manager_where_the_machine_has_it() {
    let package = r#"{"scripts":{"test":"x"},"dependencies":{"a":"1"}}"#;
    let project = Table::default().with("package.json", package).with("pnpm-lock.yaml", "");
    assert_eq!(joined(project.recipe().test), "npm test");
    let recipe = project.program("pnpm").recipe();
    assert_eq!(
        (joined(recipe.test).as_str(), recipe.install[0].join(" ").as_str()),
        ("pnpm test", "pnpm install")
    );
}

#[test]
fn the_script_that_npm_init_writes_is_no_test() {
    let package = r#"{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"#;
    assert_eq!(Table::default().with("package.json", package).recipe().test, None);
    let with_file = Table::default().with("package.json", package).with("test/a.test.js", "");
    assert_eq!(joined(with_file.recipe().test), "node --test");
}

#[test]
fn a_broken_manifest_is_not_taken_for_none_but_shown_by_its_own_tool() {
    assert_eq!(joined(Table::default().with("package.json", "{").recipe().test), "npm test");
    let recipe = Table::default().with("pyproject.toml", "[project").program("python3").recipe();
    assert!(joined(recipe.test).starts_with("python3 -c import tomllib"));
}

#[test]
fn python_without_needs_runs_on_the_machine_s_own() {
    let test = "import unittest\nclass T(unittest.TestCase): pass\n";
    let project = Table::default().with("tests/test_a.py", test).program("python3");
    let recipe = project.recipe();
    assert!(recipe.install.is_empty());
    assert_eq!(joined(recipe.test), "python3 -m unittest discover -s tests -t .");
}

#[test]
fn python_with_needs_gets_a_folder_of_its_own_for_them() {
    let project = Table::default()
        .with("pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"flask\"]\n[project.optional-dependencies]\ntest = [\"pytest\"]\n")
        .with("test_a.py", "def test_a(): pass\n")
        .program("python3");
    let recipe = project.recipe();
    assert_eq!(recipe.install[0].join(" "), "python3 -m venv .venv");
    assert_eq!(
        recipe.install[1].join(" "),
        ".venv/bin/python -m pip install --disable-pip-version-check --no-input -e.[test] pytest"
    );
    assert_eq!(joined(recipe.test), ".venv/bin/python -m pytest");
}

#[test]
fn python_that_has_its_folder_only_catches_up() {
    let project = Table::default()
        .with("requirements.txt", "# nothing else\npytest\n")
        .with("test_a.py", "def test_a(): pass\n")
        .installed(".venv/bin/python");
    let recipe = project.recipe();
    assert_eq!(recipe.install.len(), 1);
    assert!(recipe.install[0].join(" ").ends_with("--no-input -r requirements.txt"));
    assert_eq!(joined(recipe.test), ".venv/bin/python -m pytest");
}

#[test]
fn rust_and_go_bring_their_own_tools() {
    assert_eq!(joined(Table::default().with("Cargo.toml", "").recipe().test), "cargo test");
    assert_eq!(Table::default().with("go.mod", "").recipe().test, None);
    let with_test = Table::default().with("go.mod", "").with("a_test.go", "");
    assert_eq!(joined(with_test.recipe().test), "go test ./...");
}

#[test]
fn a_makefile_counts_where_nothing_else_has_tests() {
    let makefile = ".PHONY: test\nTEST := x\nbuild test: deps\n\tcc a.c\n";
    assert_eq!(joined(Table::default().with("Makefile", makefile).recipe().test), "make test");
    assert_eq!(Table::default().with("Makefile", "test := 1\nbuild:\n\tcheck: x\n").recipe().test, None);
    let both = Table::default().with("Makefile", makefile).with("Cargo.toml", "");
    assert_eq!(both.recipe().ecosystem, Ecosystem::Rust);
}

#[test]
fn parts_of_a_project_have_recipes_of_their_own_but_workspaces_have_one() {
    let project = Table::default()
        .with("backend/go.mod", "")
        .with("frontend/package.json", r#"{"scripts":{"test":"x"}}"#)
        .with("frontend/packages/ui/package.json", r#"{"scripts":{"test":"x"}}"#);
    let found = recipes(&project).unwrap();
    let places: Vec<_> = found.iter().map(|recipe| recipe.directory.as_deref().unwrap()).collect();
    assert_eq!(places, ["backend", "frontend"]);
}

#[test]
fn a_project_without_manifests_has_no_recipes() {
    assert_eq!(recipes(&Table::default().with("index.html", "")).unwrap(), []);
}
