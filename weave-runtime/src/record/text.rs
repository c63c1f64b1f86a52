//! The JSON text of a record: inputs and output in one allocation.

/// The inputs of a call, then its output, as JSON in one buffer.
#[derive(Clone, Default)]
pub(crate) struct Text {
    json: String,
    inputs: usize,
    has_output: bool,
}

impl Text {
    /// Takes a buffer whose first `inputs` bytes are the inputs and the rest, if any, the output.
    pub(crate) fn new(json: String, inputs: usize) -> Self {
        let inputs = if json.is_char_boundary(inputs) { inputs } else { json.len() };
        Self { has_output: inputs < json.len(), json, inputs }
    }

    /// Joins the two texts.
    pub(crate) fn join(inputs: &str, output: Option<&str>) -> Self {
        let output = output.unwrap_or_default();
        let mut json = String::with_capacity(inputs.len() + output.len());
        json.push_str(inputs);
        json.push_str(output);
        Self { inputs: inputs.len(), has_output: !output.is_empty(), json }
    }

    pub(crate) fn inputs(&self) -> &str {
        match self.json.get(..self.inputs) {
            Some(inputs) if !inputs.is_empty() => inputs,
            _ => "{}",
        }
    }

    pub(crate) fn output(&self) -> Option<&str> {
        if self.has_output { self.json.get(self.inputs..) } else { None }
    }

    /// Bytes of inputs and output.
    #[allow(dead_code, reason = "each feature uses its own")]
    pub(crate) fn len(&self) -> usize {
        self.json.len()
    }

    /// Bytes allocated.
    #[allow(dead_code, reason = "each feature uses its own")]
    pub(crate) fn capacity(&self) -> usize {
        self.json.capacity()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("inputs", &self.inputs()).field("output", &self.output()).finish()
    }
}
