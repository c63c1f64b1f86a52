//! What the handles on turns and sub-agents can do: both have agents that work.

/// Writes the methods of a handle on the work of an agent, for what is said of it.
macro_rules! worker_handle {
    ($handle:ident, $said:ident) => {
        impl $handle {
            /// Adds a message of whoever asks.
            pub fn user(&self, text: impl Into<String>) -> &Self {
                self.message(crate::genai::Message::user(text))
            }

            /// Adds a message to what the agent is told.
            pub fn message(&self, message: impl Into<crate::genai::Message>) -> &Self {
                let message = message.into();
                self.0.say(message.weight(), |said: &mut crate::genai::$said| said.messages.push(message));
                self
            }

            /// Adds a message of the agent.
            pub fn output(&self, text: impl Into<String>) -> &Self {
                self.output_message(crate::genai::Message::assistant(text))
            }

            /// Adds a message to the answer.
            pub fn output_message(&self, message: crate::genai::Message) -> &Self {
                self.0.say(message.weight(), |said: &mut crate::genai::$said| said.output_messages.push(message));
                self
            }

            /// Starts a call of a model, by the model's name or in full. One that names no model asks the one of here.
            pub fn start_llm(&self, llm: impl Into<crate::genai::Llm>) -> super::OpenLlm {
                super::OpenLlm(self.0.start_below(crate::record::Kind::Llm, super::llm::NAME, llm.into()))
            }

            /// Starts the execution of a tool, by the tool's name or in full.
            pub fn start_tool(&self, tool: impl Into<crate::genai::Tool>) -> super::OpenTool {
                let tool = tool.into();
                let name = super::open_span::name_or(Some(&tool.name), crate::record::Kind::Tool.as_str()).to_owned();
                super::OpenTool(self.0.start_below(crate::record::Kind::Tool, &name, tool))
            }

            /// Starts the work of another agent, by the agent's name or in full.
            pub fn start_subagent(&self, agent: impl Into<crate::genai::SubAgent>) -> super::OpenSubAgent {
                let mut agent = agent.into();
                agent.steps = Vec::new();
                let name = super::open_span::sub_agent_name(&agent).to_owned();
                super::OpenSubAgent(self.0.start_below(crate::record::Kind::SubAgent, &name, agent))
            }
        }
    };
}

pub(super) use worker_handle;
