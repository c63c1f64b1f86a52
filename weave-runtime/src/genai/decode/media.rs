//! Media in a message, as providers write them.

use super::json::{Object, object, owned, text};
use crate::genai::{Modality, Part};
use crate::value::{Content, UNKNOWN_TYPE, mime_type_of};

/// A part that is an image, sound or a document.
pub(super) fn part(kind: &str, members: &Object) -> Option<Part> {
    match kind {
        "image_url" | "input_image" => image(members),
        "input_audio" => {
            let audio = object(members, &["input_audio"])?;
            let format = text(audio, &["format"]).unwrap_or("wav");
            base64(text(audio, &["data"])?, Some(&format!("audio/{format}")))
        }
        "image" | "document" | "audio" | "video" => sourced(kind, object(members, &["source"])?),
        "file" | "input_file" => file(object(members, &["file"]).unwrap_or(members)),
        _ => None,
    }
}

/// Media that are in a message of Gemini.
pub(super) fn inline(members: &Object) -> Option<Part> {
    if let Some(data) = object(members, &["inlineData", "inline_data"]) {
        return base64(text(data, &["data"])?, text(data, &["mimeType", "mime_type"]));
    }
    let file = object(members, &["fileData", "file_data"])?;
    Some(Part::uri(text(file, &["fileUri", "file_uri"])?, text(file, &["mimeType", "mime_type"])))
}

/// An image that is nothing but base64.
pub(super) fn image_of_base64(data: &str) -> Option<Part> {
    base64(data, None)
}

fn image(members: &Object) -> Option<Part> {
    let url = text(members, &["image_url"]).or_else(|| text(object(members, &["image_url"])?, &["url"]));
    match url {
        Some(url) => Some(at(url, Modality::Image, None)),
        None => {
            let file_id = owned(members, &["file_id"])?;
            Some(Part::File { modality: Modality::Image, mime_type: None, file_id })
        }
    }
}

fn sourced(kind: &str, source: &Object) -> Option<Part> {
    let mime_type = text(source, &["media_type"]);
    let modality = || mime_type.map_or_else(|| Modality::from(kind), Modality::of_mime_type);
    if let Some(url) = text(source, &["url"]) {
        return Some(at(url, modality(), mime_type));
    }
    if let Some(file_id) = owned(source, &["file_id"]) {
        return Some(Part::File { modality: modality(), mime_type: mime_type.map(str::to_owned), file_id });
    }
    let data = text(source, &["data"])?;
    if text(source, &["type"]) == Some("text") {
        return Some(Content::from_bytes(data, mime_type.unwrap_or("text/plain")).into());
    }
    base64(data, mime_type)
}

fn file(file: &Object) -> Option<Part> {
    let modality = || Modality::from("document");
    if let Some(data) = text(file, &["file_data"]) {
        return Some(at(data, modality(), None)).filter(|part| matches!(part, Part::Blob(..)));
    }
    if let Some(file_id) = owned(file, &["file_id"]) {
        return Some(Part::File { modality: modality(), mime_type: None, file_id });
    }
    Some(at(text(file, &["file_url"])?, modality(), None))
}

/// What is at a URL, or in one.
fn at(url: &str, modality: Modality, mime_type: Option<&str>) -> Part {
    if let Ok(content) = Content::from_data_url(url) {
        return content.into();
    }
    Part::Uri { modality, mime_type: mime_type.map(str::to_owned), uri: url.to_owned() }
}

fn base64(data: &str, mime_type: Option<&str>) -> Option<Part> {
    let content = Content::from_base64(data, mime_type.unwrap_or_default()).ok()?;
    match mime_type {
        Some(_) => Some(content.into()),
        None => {
            let mime_type = mime_type_of(content.bytes()).unwrap_or(UNKNOWN_TYPE);
            Some(Content::from_bytes(content.bytes(), mime_type).into())
        }
    }
}
