//! What can be made of a text, made of a `String` that stays with its owner.

use super::{Agent, Conversation, Llm, Message, Part, Role, SubAgent, Tool, Turn};

macro_rules! from_borrowed {
    ($($made:ty),*) => {$(
        impl From<&String> for $made {
            fn from(text: &String) -> Self {
                text.as_str().into()
            }
        }
    )*};
}

from_borrowed!(Agent, Conversation, Llm, Message, Part, Role, SubAgent, Tool, Turn);
