//! What to say of a conversation that is not there: those that may be meant.

use std::path::Path;

use rusqlite::Connection;

use super::conversations::SELECT_CONVERSATIONS;
use crate::error::Error;

/// The most ids that an error names.
const MOST_NEAR: usize = 3;

/// Ids that are near enough to be meant, the latest first.
pub(super) fn near(connection: &Connection, id: &str) -> rusqlite::Result<Vec<String>> {
    let sql = format!("{SELECT_CONVERSATIONS} GROUP BY conversation_id ORDER BY last DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let other: String = row.get(0)?;
        if is_near(id, &other) {
            found.push(other);
        }
        if found.len() == MOST_NEAR {
            break;
        }
    }
    Ok(found)
}

/// Whether one is the beginning of the other, or they differ in one place of at most two characters.
fn is_near(left: &str, right: &str) -> bool {
    const LEAST: usize = 3;
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    let is_beginning = left.starts_with(&right) || right.starts_with(&left);
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let shorter = left.len().min(right.len());
    let same =
        |pairs: &mut dyn Iterator<Item = (&char, &char)>| pairs.take_while(|(left, right)| left == right).count();
    let before = same(&mut left.iter().zip(&right));
    let after = same(&mut left.iter().rev().zip(right.iter().rev()));
    shorter >= LEAST && (is_beginning || (before + after).min(shorter) + 2 >= left.len().max(right.len()))
}

pub(super) fn missing(id: &str, dir: &Path, near: &[String]) -> Error {
    let hint = match near {
        [] => "`conversations()` lists those that are there".to_owned(),
        near => format!("did you mean {}?", near.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ")),
    };
    Error::not_found(format!("there is no conversation {id:?} in the store {}: {hint}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn a_beginning_a_slip_and_another_case_are_near() {
        for id in ["chat-7", "chat", "chat-72", "caht-7", "chat-8", "CHAT-7", "chat-7-paris"] {
            assert!(is_near("chat-7", id), "{id}");
        }
    }

    #[test]
    fn what_is_short_or_something_else_is_not() {
        for (left, right) in [("chat-7", "talk-9"), ("a", "abc"), ("", "chat-7"), ("chat-7", "chat-tree")] {
            assert!(!is_near(left, right), "{left:?} {right:?}");
        }
    }
}
