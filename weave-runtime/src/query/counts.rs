//! Figures about many calls.

use std::fmt;

use crate::amount;
use crate::record::{Kind, Status};

/// How many calls of one op ended in one way: a row of [`Calls::count_by_op`](crate::Calls::count_by_op).
///
/// Displays itself as `plan 3 success`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OpCount {
    /// The name of the op.
    pub op_name: String,
    /// Which of the annotations made the calls.
    pub kind: Kind,
    /// How they ended.
    pub status: Status,
    /// How many they are.
    pub calls: u64,
    /// The tokens that they used themselves, added up; 0 when none reported any.
    pub total_tokens: u64,
}

impl fmt::Display for OpCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.op_name, amount::grouped(self.calls.into()), self.status)
    }
}

/// What many calls come to: the answer of [`Calls::totals`](crate::Calls::totals).
///
/// Displays itself as `18 calls, 2 errors, 1,240 tokens`, without what there is none of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Totals {
    /// How many calls there are.
    pub calls: u64,
    /// How many of them ended in an error or panic.
    pub errors: u64,
    /// The tokens that models read for them, as far as they reported any.
    pub input_tokens: u64,
    /// The tokens that models wrote for them, as far as they reported any.
    pub output_tokens: u64,
    /// The totals that models reported, and where one reported none the sum of the two above. So it can be more than
    /// their sum.
    pub total_tokens: u64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&amount::counted(self.calls, "call"))?;
        for (count, unit) in [(self.errors, "error"), (self.total_tokens, "token")] {
            if count > 0 {
                write!(f, ", {}", amount::counted(count, unit))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{OpCount, Totals};
    use crate::record::{Kind, Status};

    #[test]
    fn counts_of_an_op_are_shown_in_a_few_words() {
        let count = |calls| OpCount {
            op_name: "plan".to_owned(),
            kind: Kind::Op,
            status: Status::Success,
            calls,
            total_tokens: 9,
        };
        assert_eq!(count(3).to_string(), "plan 3 success");
        assert_eq!(count(1_200).to_string(), "plan 1,200 success");
    }

    #[test]
    fn totals_leave_out_what_there_is_none_of() {
        let all = Totals { calls: 18, errors: 2, total_tokens: 1_240, ..Totals::default() };
        assert_eq!(all.to_string(), "18 calls, 2 errors, 1,240 tokens");
        assert_eq!(Totals { calls: 1, ..Totals::default() }.to_string(), "1 call");
        assert_eq!(Totals::default().to_string(), "0 calls");
    }
}
