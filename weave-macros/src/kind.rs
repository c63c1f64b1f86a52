//! Which of the four attributes is at work.

use proc_macro2::{Ident, Span};

/// The attribute, which decides the kind of span that a call opens.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Kind {
    Op,
    Turn,
    Llm,
    Tool,
}

impl Kind {
    /// The attribute as a user writes it, for messages.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Op => "#[op]",
            Self::Turn => "#[turn]",
            Self::Llm => "#[llm]",
            Self::Tool => "#[tool]",
        }
    }

    /// The runtime's variant of the same meaning. A sub-agent's turn is one of its own.
    pub(crate) fn variant(self, is_sub_agent: bool) -> Ident {
        let name = match self {
            Self::Turn if is_sub_agent => "SubAgent",
            Self::Op => "Op",
            Self::Turn => "Turn",
            Self::Llm => "Llm",
            Self::Tool => "Tool",
        };
        Ident::new(name, Span::mixed_site())
    }
}
