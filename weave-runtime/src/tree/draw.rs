//! A tree as text for people: one line per call, its amounts in columns at the right.

use super::CallTree;
use super::line::Line;
use super::style::{Ink, TreeStyle};
use super::text::{clip, columns};
use super::walk::{Walk, guides};
use crate::amount;
use crate::record::CallRecord;

/// Columns that the guides and the text of a line keep even where the amounts would like to have them.
const LEAST_TEXT: usize = 24;
const GAP: usize = 2;
const LEVEL: usize = 3;

/// A tree to be drawn.
pub(crate) struct Drawing<'a> {
    pub(crate) tree: &'a CallTree,
    pub(crate) style: &'a TreeStyle,
    /// A line above the roots, which then hang below it.
    pub(crate) heading: Option<&'a str>,
}

/// One line: its text in colour, and what comes behind it.
struct Row {
    painted: String,
    columns: usize,
    amounts: Amounts,
}

struct Amounts {
    tokens: String,
    duration: String,
}

/// How many columns the widest of each has; nothing when it is left out.
#[derive(Default)]
struct Widths {
    tokens: usize,
    duration: usize,
}

impl Drawing<'_> {
    /// The lines, without a newline at the end.
    pub(crate) fn to_text(&self) -> String {
        let amounts = self.amounts();
        let widths = Widths::of(&amounts, self.style.columns());
        let rows = self.rows(amounts, &widths);
        let end = rows.iter().map(|row| row.columns + widths.before_end(&row.amounts)).max().unwrap_or(0);
        let mut out = String::new();
        if let Some(heading) = self.heading {
            self.style.paint(Ink::Faint, &clip(heading, self.style.columns()), &mut out);
        }
        for row in &rows {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&row.painted);
            push_amounts(row, &widths, end, self.style, &mut out);
        }
        out
    }

    fn amounts(&self) -> Vec<Amounts> {
        let mut totals = self.totals().into_iter();
        let mut walk = Walk::new(self.tree);
        let mut amounts = Vec::with_capacity(self.tree.len());
        while let Some(call) = walk.advance() {
            let tokens = if walk.path().len() == 1 { totals.next().flatten() } else { own_tokens(call) };
            amounts.push(Amounts::of(call, tokens));
        }
        amounts
    }

    /// The tokens of each root and all that is below it.
    fn totals(&self) -> Vec<Option<u64>> {
        let mut totals: Vec<Option<u64>> = Vec::new();
        let mut walk = Walk::new(self.tree);
        while let Some(call) = walk.advance() {
            if walk.path().len() == 1 {
                totals.push(None);
            }
            if let (Some(total), Some(own)) = (totals.last_mut(), own_tokens(call)) {
                *total = Some(total.unwrap_or(0).saturating_add(own));
            }
        }
        totals
    }

    fn rows(&self, amounts: Vec<Amounts>, widths: &Widths) -> Vec<Row> {
        let hidden_levels = usize::from(self.heading.is_none());
        let most_levels = (self.style.columns() - widths.taken()) / 2 / LEVEL;
        let mut walk = Walk::new(self.tree);
        let mut rows = Vec::with_capacity(amounts.len());
        for amounts in amounts {
            let Some(call) = walk.advance() else { break };
            let guides = guides(&walk.path()[hidden_levels..], most_levels);
            rows.push(Row::of(call, &guides, amounts, widths, self.style));
        }
        rows
    }
}

/// One call on a line of its own.
pub(super) fn draw_call(call: &CallRecord, style: &TreeStyle) -> String {
    let amounts = [Amounts::of(call, own_tokens(call))];
    let widths = Widths::of(&amounts, style.columns());
    let [amounts] = amounts;
    let row = Row::of(call, "", amounts, &widths, style);
    let mut out = row.painted.clone();
    push_amounts(&row, &widths, row.columns + widths.before_end(&row.amounts), style, &mut out);
    out
}

impl Row {
    fn of(call: &CallRecord, guides: &str, amounts: Amounts, widths: &Widths, style: &TreeStyle) -> Self {
        let before = columns(guides);
        let mut painted = String::new();
        style.paint(Ink::Faint, guides, &mut painted);
        let line = Line::of(call, style.columns().saturating_sub(before + widths.before_end(&amounts)));
        Self { columns: before + line.write(style, &mut painted), painted, amounts }
    }
}

impl Amounts {
    fn of(call: &CallRecord, tokens: Option<u64>) -> Self {
        Self {
            tokens: tokens.map(amount::tokens).unwrap_or_default(),
            duration: call.duration().map(amount::duration).unwrap_or_default(),
        }
    }
}

/// The amounts stand behind the longest line, so that they are in columns and yet near.
fn push_amounts(row: &Row, widths: &Widths, end: usize, style: &TreeStyle, out: &mut String) {
    let Amounts { tokens, duration } = &row.amounts;
    let mut missing = end - row.columns - widths.before_end(&row.amounts) + GAP;
    if widths.tokens > 0 && !tokens.is_empty() {
        out.extend(std::iter::repeat_n(' ', missing));
        style.paint(Ink::Tokens, tokens, out);
        missing = GAP;
    }
    if widths.duration > 0 && !duration.is_empty() {
        missing += widths.duration - columns(duration);
        out.extend(std::iter::repeat_n(' ', missing));
        style.paint(Ink::Faint, duration, out);
    }
}

impl Widths {
    fn of(amounts: &[Amounts], room: usize) -> Self {
        let widest = |of: fn(&Amounts) -> &str| amounts.iter().map(|amounts| columns(of(amounts))).max().unwrap_or(0);
        let all = Self { tokens: widest(|amounts| &amounts.tokens), duration: widest(|amounts| &amounts.duration) };
        let fits = |widths: &Self| widths.taken() + LEAST_TEXT <= room;
        if fits(&all) {
            return all;
        }
        let duration = Self { tokens: 0, ..all };
        if fits(&duration) { duration } else { Self::default() }
    }

    /// Columns between the text of a line and the end of all lines: none for an amount that the line does not have, but
    /// tokens stand before the durations also where there is none.
    fn before_end(&self, amounts: &Amounts) -> usize {
        let tokens = if self.tokens == 0 || amounts.tokens.is_empty() { 0 } else { columns(&amounts.tokens) + GAP };
        let has_duration = self.duration > 0 && (tokens > 0 || !amounts.duration.is_empty());
        tokens + if has_duration { self.duration + GAP } else { 0 }
    }

    /// Columns of a line that has all of them.
    fn taken(&self) -> usize {
        [self.tokens, self.duration].iter().filter(|width| **width > 0).map(|width| width + GAP).sum()
    }
}

fn own_tokens(call: &CallRecord) -> Option<u64> {
    amount::total(call.usage()?)
}
