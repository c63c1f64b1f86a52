//! Which function a version is one of, in the words that Weave gives objects.

#[cfg(test)]
mod tests;

use super::short_type_name;

/// The static whose path is asked for, as the annotations name it.
const STATIC: &str = "__WEAVE_OP";

/// The longest id of an object, in characters.
const LONGEST: usize = 128;

/// What there is to call something of which no character is left.
const NAMELESS: &str = "op";

/// The identity of a function by the path of a closure inside it, as the compiler writes that, and the path of its module.
///
/// ```text
/// app::shop::Cart::buy::__WEAVE_OP::{{closure}}             Cart.buy
/// <app::shop::Cart as app::Total>::total::__WEAVE_OP::..    Cart.total
/// app::<impl app::Total for Vec<u8>>::total::..             Vec-u8.total
/// app::shop::check::{{closure}}::..                         shop.check
/// app::check::..                                            app.check
/// ```
pub(crate) fn of_path(path: &str, module: &str) -> String {
    let segments = segments(path);
    let end = segments.iter().position(|segment| *segment == STATIC).unwrap_or(segments.len());
    let named = segments[..end].iter().filter(|segment| !segment.starts_with('{'));
    let segments: Vec<&str> = named.copied().collect();
    let implemented = segments.iter().rposition(|segment| segment.starts_with('<')).map(|at| &segments[at..]);
    if let Some([owner, inside @ ..]) = implemented {
        return dotted(type_name(subject(owner)), inside);
    }
    // Module by module, because a module may be inside a function, which its path does not tell.
    let within = module.split("::").fold(segments.as_slice(), |rest, module| {
        rest.iter().position(|segment| *segment == module).map_or(rest, |at| &rest[at + 1..])
    });
    match within {
        // A path without anything of its own is none that a compiler has written so far.
        [] => dotted(last(module).to_owned(), &[]),
        [function] => dotted(last(module).to_owned(), &[function]),
        [owner, inside @ ..] => dotted(type_name(owner), inside),
    }
}

/// A name as the id of an object: letters, digits, `.`, `-` and `_`, at most 128 of them.
pub(crate) fn object_id(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    let mut chars =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' }).peekable();
    while let Some(c) = chars.next() {
        let is_sign = |c: &char| matches!(c, '.' | '_' | '-');
        // Of several signs in a row one dash is left.
        let several = is_sign(&c) && chars.peek().is_some_and(is_sign);
        while several && chars.next_if(is_sign).is_some() {}
        id.push(if several { '-' } else { c });
    }
    let id: String = id.trim_matches(['-', '_']).chars().take(LONGEST).collect();
    if id.is_empty() { NAMELESS.to_owned() } else { id }
}

fn dotted(owner: String, inside: &[&str]) -> String {
    inside.iter().fold(owner, |path, segment| path + "." + plain(segment))
}

fn last(module: &str) -> &str {
    module.rsplit("::").next().unwrap_or(module)
}

/// A segment without its generics.
fn plain(segment: &str) -> &str {
    segment.split('<').next().unwrap_or(segment)
}

/// The parts of a path, those inside of brackets left together.
fn segments(path: &str) -> Vec<&str> {
    let (mut segments, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let mut before = ' ';
    for (at, c) in path.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && before == ':' => {
                segments.push(&path[start..at - 1]);
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    segments.push(&path[start..]);
    segments
}

/// The type of an `impl`: that of `<T as Trait>`, `<impl Trait for T>`, `<impl T>` and `<T>`.
fn subject(owner: &str) -> &str {
    let inner = owner.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(owner);
    match inner.strip_prefix("impl ") {
        Some(implemented) => split_outside(implemented, " for ").map_or(implemented, |(_, subject)| subject),
        None => split_outside(inner, " as ").map_or(inner, |(subject, _)| subject),
    }
}

/// Splits a text at a word that is in no brackets.
fn split_outside<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && text[at..].starts_with(word) => return Some((&text[..at], &text[at + word.len()..])),
            _ => {}
        }
        before = c;
    }
    None
}

/// A type in few words: without modules, references and what stands for any type.
fn type_name(ty: &str) -> String {
    let short = short_type_name(ty);
    let is_plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let named = short.trim_start_matches(['&', '*']);
    let named = ["mut ", "const ", "dyn "].iter().fold(named, |name, word| name.strip_prefix(word).unwrap_or(name));
    let name = plain(named);
    let arguments = &named[name.len()..];
    if is_plain(name) && arguments.split(['<', '>', ',', ' ', '\'', '&']).all(|argument| matches!(argument, "" | "_")) {
        return name.to_owned();
    }
    object_id(named)
}
