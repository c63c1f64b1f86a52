//! What a status of gRPC says about a request, and about the next.

use std::error::Error as StdError;
use std::time::Duration;

use tonic::{Code, Status};

use crate::error::Error;
use crate::net::{Field, fields, mask, plain};
use crate::remote::Outcome;
use crate::secret::Secret;

/// As OTLP tells which may be tried again.
pub(super) fn outcome(status: &Status, headers: &[(String, Secret)], place: &str) -> Outcome {
    let from_server = status.source().is_none();
    let mut said = if from_server { status.message().to_owned() } else { innermost(status) }.into_bytes();
    mask(&mut said, headers, "");
    let said = plain(&String::from_utf8_lossy(&said));
    let error = |hint: &str| {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let message = if from_server {
            format!("{place} answered {:?}{said}{hint}", status.code())
        } else {
            format!("no answer from {place} by gRPC{said}")
        };
        Error::delivery(message)
    };
    match status.code() {
        Code::ResourceExhausted if said.contains("larger than max") || said.contains("too large") => {
            Outcome::Smaller(error(""))
        }
        Code::Unavailable
        | Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::DataLoss
        | Code::ResourceExhausted => Outcome::Later { after: retry_delay(status.details()), reason: error("") },
        _ if !from_server => Outcome::Later { after: None, reason: error("") },
        Code::Unauthenticated | Code::PermissionDenied => {
            Outcome::Closed(error(": is the key in the headers the right one?"))
        }
        Code::Unimplemented | Code::NotFound => Outcome::Closed(error(": is that the address for traces?")),
        Code::Internal | Code::Unknown => Outcome::Failing(error("")),
        _ => Outcome::Refused(error("")),
    }
}

/// What was wrong in the end.
pub(super) fn innermost(error: &dyn StdError) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The `google.rpc.RetryInfo` among the details of a `google.rpc.Status`.
fn retry_delay(details: &[u8]) -> Option<Duration> {
    let bytes = |fields: &[Field<'_>], number| {
        fields.iter().find_map(|field| match field {
            Field::Bytes(this, bytes) if *this == number => Some(bytes.to_vec()),
            _ => None,
        })
    };
    for field in fields(details)? {
        let Field::Bytes(3, any) = field else { continue };
        let any = fields(any)?;
        if !bytes(&any, 1)?.ends_with(b"google.rpc.RetryInfo") {
            continue;
        }
        let info = bytes(&any, 2)?;
        let delay = bytes(&fields(&info)?, 1)?;
        let (mut seconds, mut nanos) = (0, 0);
        for field in fields(&delay)? {
            match field {
                Field::Number(1, number) => seconds = number,
                Field::Number(2, number) => nanos = u32::try_from(number).ok()?,
                _ => {}
            }
        }
        return Some(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos.into())));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_that_a_server_asks_for_is_found() {
        let field = |tag: u8, bytes: &[u8]| [&[tag, u8::try_from(bytes.len()).unwrap()], bytes].concat();
        let delay = [0x08, 3, 0x10, 0x80, 0x94, 0xEB, 0xDC, 0x01];
        let any =
            [field(0x0A, b"type.googleapis.com/google.rpc.RetryInfo"), field(0x12, &field(0x0A, &delay))].concat();
        let details = [vec![0x08, 14], field(0x12, b"busy"), field(0x1A, &any)].concat();
        let expected = Duration::from_secs(3) + Duration::from_nanos(463_129_088);
        assert_eq!(retry_delay(&details), Some(expected));
        for length in 0..details.len() {
            assert_ne!(retry_delay(&details[..length]), Some(expected));
        }
    }

    #[test]
    fn what_may_be_tried_again_is_told_from_what_may_not() {
        let of = |code, message: &str| outcome(&Status::new(code, message), &[], "there");
        assert!(matches!(of(Code::Unavailable, ""), Outcome::Later { .. }));
        assert!(matches!(of(Code::ResourceExhausted, "quota"), Outcome::Later { .. }));
        let large = "grpc: received message larger than max (5000000 vs. 4194304)";
        assert!(matches!(of(Code::ResourceExhausted, large), Outcome::Smaller(_)));
        assert!(matches!(of(Code::Internal, "panic"), Outcome::Failing(_)));
        assert!(matches!(of(Code::Unimplemented, ""), Outcome::Closed(_)));
        let Outcome::Refused(error) = of(Code::InvalidArgument, "bad span") else { panic!("not refused") };
        assert_eq!(error.to_string(), "there answered InvalidArgument: bad span");
        let Outcome::Closed(error) = of(Code::Unauthenticated, "no key") else { panic!("not closed") };
        assert_eq!(
            error.to_string(),
            "there answered Unauthenticated: no key: is the key in the headers the right one?"
        );
    }
}
