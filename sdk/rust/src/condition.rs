//! What a condition is.

use crate::{Context, Error};

pub use crate::bindings::condition::exports::orchestrator::plugin::condition_plugin::ConditionDescription;

/// Decides whether a step is done. A condition looks and answers: it can change nothing.
pub trait Condition {
    /// Says what the condition is. Called in a sandbox without any capability, and bounded to one second.
    fn describe() -> ConditionDescription;

    /// Whether the condition holds now. Bounded to five seconds.
    ///
    /// The host passes as many arguments as the description names; it refuses a workflow that gives another number.
    ///
    /// # Errors
    /// Any error ends the run: a condition that cannot be decided is neither true nor false.
    fn evaluate(context: Context, args: Vec<String>) -> Result<bool, Error>;
}

impl ConditionDescription {
    /// The description of a condition, by the name that workflow steps use and the plugin's own version. It takes no
    /// arguments.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        Self { name: name.into(), version: version.into(), purpose: String::new(), parameters: Vec::new() }
    }

    /// Sets the one sentence that says when it holds.
    #[must_use]
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.purpose = purpose.into();
        self
    }

    /// Names the arguments it takes, in order.
    #[must_use]
    pub fn parameters<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.parameters = names.map(String::from).to_vec();
        self
    }
}

/// Makes a type that implements [`Condition`] the component's condition. Once per component.
#[macro_export]
macro_rules! export_condition {
    ($condition:ty) => {
        const _: () = {
            struct Exported;
            use $crate::bindings::condition::exports::orchestrator::plugin::condition_plugin as exported;

            impl exported::Guest for Exported {
                fn describe() -> $crate::ConditionDescription {
                    <$condition as $crate::Condition>::describe()
                }

                fn evaluate(args: Vec<String>) -> Result<bool, $crate::Error> {
                    <$condition as $crate::Condition>::evaluate($crate::Context::current()?, args)
                }
            }

    $crate::bindings::condition::export_world!(Exported with_types_in $crate::bindings::condition);
        };
    };
}
