//! Settles whether a call goes on after the return, which options can override.

use syn::{Error, ReturnType, Type};

use crate::args::Args;
use crate::errors::Errors;
use crate::follow::{Follow, Gives, Opaque};
use crate::func::Func;
use crate::returned::{Returned, Shape, bare};

mod lifetimes;

/// What follows the return, with what contradicts it noted.
pub(super) fn resolve(args: &Args, func: &Func, shape: Shape, returned: &Returned, errors: &mut Errors) -> Follow {
    check(args, func, shape, errors);
    if args.value.is_some() || shape == Shape::Guard {
        return Follow::Nothing;
    }
    match (&args.stream, returned) {
        (Some(_), Returned::Opaque) => Follow::forced_stream(),
        _ => match Follow::of(&func.output) {
            Follow::ByType if lifetimes::may_fail(func) => Follow::Unboxed,
            follow => follow,
        },
    }
}

fn check(args: &Args, func: &Func, shape: Shape, errors: &mut Errors) {
    let function = &func.ident;
    if let (Some(stream), Some(_)) = (&args.stream, &args.value) {
        let message = "`stream` and `value` contradict each other: with `stream` the call ends with the stream, with \
                       `value` at the return; keep one";
        errors.push(Error::new(stream.at, message));
    }
    if let Some(stream) = &args.stream
        && !is_opaque(&func.output)
    {
        let message = format!(
            "`stream` is for functions that return `impl Trait`, and `{function}` does not: any other type shows by \
             itself whether it is a stream"
        );
        errors.push(Error::new(stream.at, message));
    }
    if let (Some(stream), Follow::Opaque(Opaque { gives: Gives::Iterator, around, .. })) =
        (&args.stream, Follow::of(&func.output))
        && around.is_empty()
        && args.value.is_none()
    {
        let message = format!(
            "`stream` is for streams that the type does not show, and `{function}` returns an iterator, which is followed \
             as it is: remove it"
        );
        errors.push(Error::new(stream.at, message));
    }
    let Some(accumulate) = &args.accumulate else { return };
    if args.value.is_some() {
        let message = "`accumulate` and `value` contradict each other: with `value` the call ends at the return, before \
                       any item; keep one";
        errors.push(Error::new(accumulate.at, message));
    } else if args.skip_output.is_some() {
        let message = "`accumulate` and `skip_output` contradict each other: one says what output to record, the other \
                       that there is none; keep one";
        errors.push(Error::new(accumulate.at, message));
    } else if shape == Shape::Guard {
        let message = format!(
            "`accumulate` needs to see what `{function}` returns, which is not seen of functions that are \
             `#[track_caller]` or return closures: remove one"
        );
        errors.push(Error::new(accumulate.at, message));
    } else if matches!(Follow::of(&func.output), Follow::Nothing) {
        let message = format!(
            "`accumulate` is for functions that return a stream or an iterator, and `{function}` does not: remove it"
        );
        errors.push(Error::new(accumulate.at, message));
    }
}

fn is_opaque(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(bare(ty), Type::ImplTrait(_)))
}
