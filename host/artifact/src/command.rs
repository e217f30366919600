//! Commands in an answer that would write a file if somebody ran them: `cat > src/a.js << 'EOF'`.

use orchestrator_answer::name::looks_like_path;
use orchestrator_core::RelativePath;

/// The file that a line of a shell writes from the lines after it.
pub(crate) fn written_by(line: &str) -> Option<RelativePath> {
    if !line.contains("<<") || line.contains("<<<") {
        return None;
    }
    let line = line.trim().trim_start_matches(['$', '#', ' ']);
    line.split("&&").flat_map(|command| command.split(';')).find_map(written_by_command)
}

fn written_by_command(command: &str) -> Option<RelativePath> {
    let command = command.trim();
    let command = command.strip_prefix("sudo ").unwrap_or(command);
    let (program, _) = command.split_once(|c: char| c.is_whitespace() || matches!(c, '>' | '<'))?;
    let target = match program {
        "cat" | "tee" if command.contains("tee ") => {
            command.split_once("tee ")?.1.trim_start().trim_start_matches("-a ")
        }
        "cat" => command.split_once('>')?.1.trim_start_matches('>'),
        _ => return None,
    };
    let target = target.trim_start();
    let name = match target.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => target.get(1..)?.split(quote).next()?,
        None => target.split(|c: char| c.is_whitespace() || matches!(c, '<' | '|')).next()?,
    };
    let is_of_project = looks_like_path(name) && !name.contains(['$', '~', '*']);
    RelativePath::parse(name.strip_prefix("./").unwrap_or(name)).ok().filter(|_| is_of_project)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_writes_a_file_from_the_lines_after_it_is_found() {
        for line in [
            "cat > src/a.js << 'EOF'",
            "cat >src/a.js <<EOF",
            "$ cat >> \"src/a.js\" <<-'END'",
            "cat <<EOF > src/a.js",
            "cat << 'EOF' | tee src/a.js",
            "sudo tee -a ./src/a.js <<EOF",
            "tee src/a.js > /dev/null <<EOF",
            "mkdir -p src && cat > src/a.js <<EOF",
        ] {
            assert_eq!(written_by(line).as_ref().map(RelativePath::as_str), Some("src/a.js"), "{line}");
        }
        for line in [
            "cat src/a.js",
            "cat > /etc/hosts << EOF",
            "cat > $HOME/a.js << EOF",
            "cat <<< src/a.js",
            "node src/a.js << EOF",
            "psql <<EOF > out.txt",
            "x << 2 > y;",
        ] {
            assert_eq!(written_by(line), None, "{line}");
        }
    }
}
