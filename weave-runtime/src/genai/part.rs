//! What a message is made of.

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::json::{json, text_weight, weight};
use super::modality::Modality;
use crate::value::{Content, Inline};

/// A part of a [`Message`](crate::Message). Its JSON is that of the GenAI conventions.
///
/// ```
/// use weave::{Content, Part};
///
/// let part = Part::from(Content::from_bytes([1, 2, 3], "image/png"));
/// assert_eq!(
///     serde_json::to_string(&part).unwrap(),
///     r#"{"type":"blob","mime_type":"image/png","modality":"image","content":"AQID"}"#
/// );
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Part {
    /// Text.
    Text(String),
    /// What the model thought before it answered.
    Reasoning(String),
    /// The model asks for the call of a tool.
    ToolCall(ToolCall),
    /// What a tool answered.
    ///
    /// ```
    /// use weave::{Message, Part};
    ///
    /// let message = Message::tool_result("call-1", "21 °C");
    /// let Part::ToolResponse(answer) = &message.parts[0] else { panic!("it is a response") };
    /// assert_eq!((answer.id.as_deref(), &answer.response), (Some("call-1"), &"21 °C".into()));
    /// ```
    ToolResponse(ToolResponse),
    /// Media that is here.
    Blob(Modality, Content),
    /// Media that is somewhere else.
    Uri {
        /// What kind of media it is.
        modality: Modality,
        /// Its media type, where that is known.
        mime_type: Option<String>,
        /// Where it is.
        uri: String,
    },
    /// Media that was given to the provider before.
    File {
        /// What kind of media it is.
        modality: Modality,
        /// Its media type, where that is known.
        mime_type: Option<String>,
        /// By which the provider knows it.
        file_id: String,
    },
    /// What stands for messages before it that were left out.
    Compaction(String),
    /// Any other, with its `type`.
    Other(Map<String, Value>),
}

/// The call of a tool that a model asks for.
///
/// ```
/// use serde_json::json;
/// use weave::Message;
///
/// let message = Message::assistant("Let me check.").tool_call("call-1", "get_weather", json!({ "city": "Paris" }));
/// let call = message.tool_calls().next().unwrap();
/// assert_eq!((call.id.as_deref(), call.name.as_str()), (Some("call-1"), "get_weather"));
/// assert_eq!(call.arguments["city"], "Paris");
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// By which the answer refers to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the tool.
    pub name: String,
    /// What the tool is called with: most often an object, or the text of one as the model wrote it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub arguments: Value,
}

/// What a tool answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolResponse {
    /// Of the call that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The answer.
    #[serde(default)]
    pub response: Value,
}

impl Part {
    /// The call of a tool. Arguments that are a text are kept as they are.
    pub fn tool_call(id: impl Into<String>, name: impl Into<String>, arguments: impl Serialize) -> Self {
        Self::ToolCall(ToolCall { id: Some(id.into()), name: name.into(), arguments: json(&arguments) })
    }

    /// What a tool answered to the call of this id.
    pub fn tool_response(call_id: impl Into<String>, response: impl Serialize) -> Self {
        Self::ToolResponse(ToolResponse { id: Some(call_id.into()), response: json(&response) })
    }

    /// Media at a URI. The kind is that of the media type, where that is given.
    pub fn uri(uri: impl Into<String>, mime_type: Option<&str>) -> Self {
        let modality = Modality::of_mime_type(mime_type.unwrap_or_default());
        Self::Uri { modality, mime_type: mime_type.map(str::to_owned), uri: uri.into() }
    }

    /// The text of a part of text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name of the kind of part, as it stands in `type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Reasoning(_) => "reasoning",
            Self::ToolCall(_) => "tool_call",
            Self::ToolResponse(_) => "tool_call_response",
            Self::Blob(..) => "blob",
            Self::Uri { .. } => "uri",
            Self::File { .. } => "file",
            Self::Compaction(_) => "compaction",
            Self::Other(members) => members.get("type").and_then(Value::as_str).unwrap_or("other"),
        }
    }

    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text) | Self::Reasoning(text) | Self::Compaction(text) => text.len(),
                Self::ToolCall(call) => call.name.len() + text_weight([&call.id]) + weight(&call.arguments),
                Self::ToolResponse(response) => text_weight([&response.id]) + weight(&response.response),
                Self::Blob(_, content) => content.size(),
                Self::Uri { uri, .. } => uri.len(),
                Self::File { file_id, .. } => file_id.len(),
                Self::Other(members) => members.iter().map(|(key, value)| key.len() + weight(value)).sum(),
            }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Content> for Part {
    fn from(content: Content) -> Self {
        Self::Blob(Modality::of_mime_type(content.mime_type()), content)
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Other(members) = self {
            return members.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind())?;
        match self {
            Self::Text(text) | Self::Reasoning(text) | Self::Compaction(text) => {
                map.serialize_entry("content", text)?;
            }
            Self::ToolCall(ToolCall { id, name, arguments }) => {
                put(&mut map, "id", id.as_ref())?;
                map.serialize_entry("name", name)?;
                put(&mut map, "arguments", Some(arguments).filter(|arguments| !arguments.is_null()))?;
            }
            Self::ToolResponse(ToolResponse { id, response }) => {
                put(&mut map, "id", id.as_ref())?;
                map.serialize_entry("response", response)?;
            }
            Self::Blob(modality, content) => {
                map.serialize_entry("mime_type", content.mime_type())?;
                map.serialize_entry("modality", modality)?;
                map.serialize_entry("content", &Inline(content))?;
            }
            Self::Uri { modality, mime_type, uri } => {
                put(&mut map, "mime_type", mime_type.as_ref())?;
                map.serialize_entry("modality", modality)?;
                map.serialize_entry("uri", uri)?;
            }
            Self::File { modality, mime_type, file_id } => {
                put(&mut map, "mime_type", mime_type.as_ref())?;
                map.serialize_entry("modality", modality)?;
                map.serialize_entry("file_id", file_id)?;
            }
            Self::Other(_) => {}
        }
        map.end()
    }
}

fn put<M: SerializeMap>(map: &mut M, key: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, value))
}

impl<'de> Deserialize<'de> for Part {
    /// A part of a known kind that lacks what it must have is kept as any other.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(super::decode::part(&Value::deserialize(deserializer)?))
    }
}

impl Part {
    /// A part in the form of the conventions; `None` when it is of no kind that they know, or lacks what it must have.
    pub(super) fn of_conventions(kind: &str, members: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
        let modality = || Modality::from(members.get("modality").and_then(Value::as_str).unwrap_or("unknown"));
        let value = |key: &str| members.get(key).cloned().unwrap_or_default();
        Some(match kind {
            "text" => Self::Text(text("content").or_else(|| text("text"))?),
            "reasoning" => Self::Reasoning(text("content")?),
            "compaction" => Self::Compaction(text("content")?),
            "tool_call" => {
                Self::ToolCall(ToolCall { id: text("id"), name: text("name")?, arguments: value("arguments") })
            }
            "tool_call_response" => Self::ToolResponse(ToolResponse { id: text("id"), response: value("response") }),
            "blob" => {
                let mime_type = text("mime_type");
                Self::Blob(modality(), Inline::read(members.get("content")?, mime_type.as_deref())?)
            }
            "uri" => Self::Uri { modality: modality(), mime_type: text("mime_type"), uri: text("uri")? },
            "file" => Self::File { modality: modality(), mime_type: text("mime_type"), file_id: text("file_id")? },
            _ => return None,
        })
    }
}
