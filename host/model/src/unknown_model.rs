//! A name that stands for no model.

use orchestrator_core::{ErrorCode, Failure};

/// A model that a provider does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("provider '{provider}' has no model '{model}': use one of {}, or add a row for it to a models file \
         (ORCHESTRATOR_MODELS_FILE)", .valid.join(", "))]
pub struct UnknownModel {
    /// The provider's name.
    pub provider: String,
    /// What was asked for.
    pub model: String,
    /// What would be accepted: aliases first, then ids.
    pub valid: Vec<String>,
}

impl From<UnknownModel> for Failure {
    fn from(unknown: UnknownModel) -> Self {
        Self::new(ErrorCode::InvalidInput, unknown.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_model_names_the_known_ones_and_the_way_out() {
        let valid = vec!["haiku".into(), "m-1".into()];
        let unknown = UnknownModel { provider: "openai".into(), model: "m-2".into(), valid };
        insta::assert_snapshot!(unknown, @"provider 'openai' has no model 'm-2': use one of haiku, m-1, or add a row for it to a models file (ORCHESTRATOR_MODELS_FILE)");
    }
}
