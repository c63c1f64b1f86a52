//! Arrays and objects while their elements come in.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use crate::value::writer::{Bracket, Done, Failure, UNKNOWN, Writer};

/// An array, or an object.
pub(in crate::value) struct Compound<'w> {
    writer: &'w mut Writer,
    /// The level of the elements.
    depth: usize,
    /// The declared length of the container around.
    outer_length: usize,
}

impl<'w> Compound<'w> {
    #[inline]
    pub(super) fn array(writer: &'w mut Writer, length: Option<usize>) -> Result<Self, Failure> {
        Self::open(writer, Bracket::Array, length)
    }

    #[inline]
    pub(super) fn object(writer: &'w mut Writer, length: Option<usize>) -> Result<Self, Failure> {
        Self::open(writer, Bracket::Object, length)
    }

    #[inline]
    fn open(writer: &'w mut Writer, bracket: Bracket, length: Option<usize>) -> Result<Self, Failure> {
        let outer_length = writer.open(bracket, length.unwrap_or(UNKNOWN))?;
        Ok(Self { depth: writer.depth(), writer, outer_length })
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let mark = self.writer.out.len();
        self.writer.separate();
        match value.serialize(&mut *self.writer) {
            Ok(()) => Ok(()),
            Err(failure) => self.writer.settle(failure, self.depth, mark),
        }
    }

    #[inline]
    pub(super) fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        let mark = self.writer.out.len();
        self.writer.member(key)?;
        match value.serialize(&mut *self.writer) {
            Ok(()) => Ok(()),
            Err(failure) => self.writer.settle(failure, self.depth, mark),
        }
    }

    #[inline]
    pub(super) fn close(self, bracket: Bracket) -> Done {
        self.writer.close(bracket, self.outer_length)
    }
}

impl SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(Bracket::Array)
    }
}

impl SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(Bracket::Array)
    }
}

impl SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(Bracket::Array)
    }
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let mark = self.writer.begin_key();
        let written = key.serialize(&mut *self.writer);
        self.writer.end_key(written, self.depth, mark)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if self.writer.last() != b':' {
            // A value without a key, which only a wrong `Serialize` gives.
            self.writer.member("")?;
        }
        let mark = self.writer.out.len();
        match value.serialize(&mut *self.writer) {
            Ok(()) => Ok(()),
            Err(failure) => self.writer.settle(failure, self.depth, mark),
        }
    }

    fn end(self) -> Done {
        if self.writer.last() == b':' {
            self.writer.token("null")?;
        }
        self.close(Bracket::Object)
    }
}

/// A struct, which may be one of serde_json's that hold JSON text.
pub(in crate::value) enum Struct<'w> {
    Object(Compound<'w>),
    Raw { writer: &'w mut Writer, start: usize },
}

impl<'w> Struct<'w> {
    #[cold]
    pub(super) fn raw(writer: &'w mut Writer) -> Self {
        Self::Raw { start: writer.out.len(), writer }
    }
}

impl SerializeStruct for Struct<'_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        match self {
            Self::Object(object) => object.field(key, value),
            Self::Raw { writer, start } if writer.out.len() == *start => {
                writer.begin_raw();
                let written = value.serialize(&mut **writer);
                writer.end_raw();
                written
            }
            Self::Raw { .. } => Err(Failure::custom("a raw JSON value has more than one field")),
        }
    }

    #[inline]
    fn end(self) -> Done {
        match self {
            Self::Object(object) => object.close(Bracket::Object),
            Self::Raw { writer, start } if writer.out.len() == start => writer.token("null"),
            Self::Raw { .. } => Ok(()),
        }
    }
}

/// `{"Variant":[..]}` or `{"Variant":{..}}`.
pub(in crate::value) struct Variant<'w> {
    content: Compound<'w>,
    bracket: Bracket,
    outer_length: usize,
}

impl<'w> Variant<'w> {
    pub(super) fn open(
        writer: &'w mut Writer,
        variant: &'static str,
        bracket: Bracket,
        length: usize,
    ) -> Result<Self, Failure> {
        let outer_length = writer.open(Bracket::Object, 1)?;
        writer.member(variant)?;
        let content = Compound::open(writer, bracket, Some(length))?;
        Ok(Self { content, bracket, outer_length })
    }

    fn close(self) -> Done {
        let Compound { writer, outer_length, .. } = self.content;
        writer.close(self.bracket, outer_length)?;
        writer.close(Bracket::Object, self.outer_length)
    }
}

impl SerializeTupleVariant for Variant<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.content.element(value)
    }

    fn end(self) -> Done {
        self.close()
    }
}

impl SerializeStructVariant for Variant<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.content.field(key, value)
    }

    fn end(self) -> Done {
        self.close()
    }
}
