//! See every call of your LLM application.
