//! Finds the word that a user meant.

/// The nearest of `known` when it is near enough to be a slip of the finger, else the longest that `word` ends in, as the
/// names of the Python SDK do: `postprocess_inputs`.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let tolerance = (word.chars().count() / 3).clamp(1, 3);
    let (found, edits) = known.iter().map(|known| (*known, distance(word, known))).min_by_key(|(_, edits)| *edits)?;
    let ends = |known: &&str| word.strip_suffix(*known).is_some_and(|before| before.ends_with('_'));
    let longest = || known.iter().copied().filter(ends).max_by_key(|known| known.len());
    if edits <= tolerance { Some(found) } else { longest() }
}

/// "; did you mean `x`?" or nothing.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    nearest(word, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}

/// How many letters to insert, remove, replace or swap with their neighbour to turn one word into the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for i in 1..=from.len() {
        let mut next = vec![i];
        for j in 1..=to.len() {
            let replaced = row[j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut edits = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                let swapped: usize = before[j - 2];
                edits = edits.min(swapped + 1);
            }
            next.push(edits);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_slip_is_one_edit() {
        for word in ["nme", "naame", "nane", "nmae"] {
            assert_eq!(distance(word, "name"), 1, "{word}");
        }
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        let known = ["name", "skip", "skip_all", "capture"];
        assert_eq!(nearest("skipall", &known), Some("skip_all"));
        assert_eq!(nearest("captures", &known), Some("capture"));
        assert_eq!(nearest("level", &known), None);
    }

    #[test]
    fn so_is_one_that_has_more_in_front() {
        let known = ["name", "display_name", "inputs"];
        assert_eq!(nearest("call_display_name", &known), Some("display_name"));
        assert_eq!(nearest("postprocess_inputs", &known), Some("inputs"));
        assert_eq!(nearest("hostname", &known), None);
    }
}
