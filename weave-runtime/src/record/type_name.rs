//! Names of types as people say them.

#[cfg(test)]
mod tests;

/// The name without the modules that its types are in: `Box<dyn Error + Send>` for
/// `alloc::boxed::Box<dyn core::error::Error + core::marker::Send>`.
///
/// A closure keeps the name of the function that it is in: `main::{{closure}}`.
pub(crate) fn short_type_name(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut segment_start = 0;
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        match rest.strip_prefix("::") {
            // `fn::{{closure}}` and `<T as Trait>::Output` have nothing before the colons that could be left out.
            Some(after) if after.starts_with('{') || segment_start == short.len() => {
                short.push_str("::");
                rest = after;
            }
            Some(after) => {
                short.truncate(segment_start);
                rest = after;
            }
            None => {
                short.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        if !(c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')) {
            segment_start = short.len();
        }
    }
    short
}
