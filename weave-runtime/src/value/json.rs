//! The serde data model as JSON: what serde_json would write, through the bounded [`Writer`].

mod compound;

use std::fmt::Display;

use serde::ser::{Serialize, Serializer};

use self::compound::{Compound, Struct, Variant};
use super::content;
use super::writer::{Bracket, Done, Failure, Writer};

/// The names under which serde_json passes text that is JSON already.
const RAW_STRUCTS: [&str; 2] = ["$serde_json::private::RawValue", "$serde_json::private::Number"];

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "the value is longer than is recorded" } else { &self.0 })
    }
}

impl std::error::Error for Failure {}

impl serde::ser::Error for Failure {
    #[cold]
    fn custom<T: Display>(message: T) -> Self {
        Self(Box::new(super::capture::message(format_args!("{message}"))))
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty => $widest:ident,)*) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Done {
                self.$widest(value.into())
            }
        )*
    };
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Compound<'w>;
    type SerializeTupleVariant = Variant<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Struct<'w>;
    type SerializeStructVariant = Variant<'w>;

    integers! {
        serialize_i8: i8 => signed,
        serialize_i16: i16 => signed,
        serialize_i32: i32 => signed,
        serialize_i64: i64 => signed,
        serialize_u8: u8 => unsigned,
        serialize_u16: u16 => unsigned,
        serialize_u32: u32 => unsigned,
        serialize_u64: u64 => unsigned,
    }

    fn serialize_i128(self, value: i128) -> Done {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => self.signed(value),
            (_, Ok(value)) => self.unsigned(value),
            _ => self.string(itoa::Buffer::new().format(value)),
        }
    }

    fn serialize_u128(self, value: u128) -> Done {
        match u64::try_from(value) {
            Ok(value) => self.unsigned(value),
            Err(_) => self.string(itoa::Buffer::new().format(value)),
        }
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Done {
        if value.is_finite() { self.token(zmij::Buffer::new().format_finite(value)) } else { self.token("null") }
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Done {
        if value.is_finite() { self.token(zmij::Buffer::new().format_finite(value)) } else { self.token("null") }
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.token(if value { "true" } else { "false" })
    }

    fn serialize_char(self, value: char) -> Done {
        self.string(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        self.string(value)
    }

    /// Anything that displays itself, cut while it does.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        self.display(format_args!("{value}"))
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.collect_seq(value)
    }

    #[inline]
    fn serialize_unit(self) -> Done {
        self.token("null")
    }

    #[inline]
    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        self.token("null")
    }

    #[inline]
    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Done {
        self.string(variant)
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.token("null")
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        if name == content::NAME {
            return self.offer_to(value);
        }
        self.serialize_some(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut object = Compound::object(self, Some(1))?;
        object.field(variant, value)?;
        object.close(Bracket::Object)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'w>, Failure> {
        Compound::array(self, length)
    }

    #[inline]
    fn serialize_tuple(self, length: usize) -> Result<Compound<'w>, Failure> {
        Compound::array(self, Some(length))
    }

    #[inline]
    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Compound<'w>, Failure> {
        Compound::array(self, Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<'w>, Failure> {
        Variant::open(self, variant, Bracket::Array, length)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Compound<'w>, Failure> {
        Compound::object(self, length)
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Struct<'w>, Failure> {
        if RAW_STRUCTS.contains(&name) {
            return Ok(Struct::raw(self));
        }
        Compound::object(self, Some(length)).map(Struct::Object)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<'w>, Failure> {
        Variant::open(self, variant, Bracket::Object, length)
    }
}

#[cfg(test)]
mod tests;
