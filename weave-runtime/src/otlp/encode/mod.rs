//! Calls as the bytes of an OTLP request, straight from the record.
//!
//! A span is written once, when its call has ended, with nothing that says where it goes. Requests are put together of such bytes,
//! which may have waited on disk meanwhile.

mod attribute;
mod ops;
mod proto;
mod request;
mod resource;
mod span;

pub(crate) use request::request;
pub(crate) use resource::resource;
pub(crate) use span::span;

#[cfg(test)]
mod tests;
