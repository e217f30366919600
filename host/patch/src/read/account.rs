//! What each line of an answer was read as.

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Words, or what could not be read as anything else.
    Prose,
    /// Begins or ends a code fence.
    Fence,
    /// Says which file, and what becomes of it.
    Header,
    /// A line of a hunk, its `@@` line included.
    Hunk,
    /// A line of a search/replace block, its markers included.
    Block,
}

/// The role of every line. A line has one; reading goes forward only.
#[derive(Debug)]
pub(super) struct Account {
    roles: Vec<Role>,
    lines: usize,
}

impl Account {
    pub(super) fn new(lines: usize) -> Self {
        Self { roles: Vec::with_capacity(lines), lines }
    }

    /// Says what line `at` is. Lines that were passed over without a word are prose, and searched like it.
    pub(super) fn set(&mut self, at: usize, role: Role) {
        let at = at.min(self.lines);
        while self.roles.len() < at {
            self.roles.push(Role::Prose);
        }
        if at < self.lines && at == self.roles.len() {
            self.roles.push(role);
        }
    }

    /// Says that line `at`, which was prose so far, names a file.
    pub(super) fn name(&mut self, at: usize) {
        if let Some(role) = self.roles.get_mut(at).filter(|role| **role == Role::Prose) {
            *role = Role::Header;
        }
    }

    /// How many lines have a role of their own.
    pub(super) fn accounted(&self) -> usize {
        self.roles.len()
    }

    /// How many lines there are.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// What line `at` is.
    pub(super) fn role(&self, at: usize) -> Role {
        self.roles.get(at).copied().unwrap_or(Role::Prose)
    }
}
