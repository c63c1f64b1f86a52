//! Arrays and objects while their elements come in.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use crate::value::writer::{Done, Failure, Writer};

/// An array, or an object.
pub(in crate::value) struct Compound<'w, 'o> {
    writer: &'w mut Writer<'o>,
    /// The level of the elements.
    depth: usize,
    /// The declared length of the container around.
    outer_length: usize,
}

impl<'w, 'o> Compound<'w, 'o> {
    #[inline]
    pub(super) fn array(writer: &'w mut Writer<'o>, length: Option<usize>) -> Result<Self, Failure> {
        Self::open(writer, '[', length)
    }

    #[inline]
    pub(super) fn object(writer: &'w mut Writer<'o>, length: Option<usize>) -> Result<Self, Failure> {
        Self::open(writer, '{', length)
    }

    #[inline]
    fn open(writer: &'w mut Writer<'o>, opener: char, length: Option<usize>) -> Result<Self, Failure> {
        let outer_length = writer.open(opener, length)?;
        Ok(Self { depth: writer.depth(), writer, outer_length })
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let mark = self.writer.out.len();
        self.writer.separate();
        value.serialize(&mut *self.writer).or_else(|failure| self.writer.settle(failure, self.depth, mark))
    }

    #[inline]
    pub(super) fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        let mark = self.writer.out.len();
        self.writer.member(key)?;
        value.serialize(&mut *self.writer).or_else(|failure| self.writer.settle(failure, self.depth, mark))
    }

    #[inline]
    pub(super) fn close(self, closer: char) -> Done {
        self.writer.close(closer, self.outer_length)
    }
}

impl SerializeSeq for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(']')
    }
}

impl SerializeTuple for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(']')
    }
}

impl SerializeTupleStruct for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.close(']')
    }
}

impl SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let mark = self.writer.begin_key();
        if let Err(failure) = key.serialize(&mut *self.writer) {
            self.writer.settle_key(failure, self.depth, &mark)?;
        }
        self.writer.end_key(&mark)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if self.writer.last() != b':' {
            // A value without a key, which only a wrong `Serialize` gives.
            self.writer.member("")?;
        }
        let mark = self.writer.out.len();
        value.serialize(&mut *self.writer).or_else(|failure| self.writer.settle(failure, self.depth, mark))
    }

    fn end(self) -> Done {
        if self.writer.last() == b':' {
            self.writer.token("null")?;
        }
        self.close('}')
    }
}

/// A struct, which may be one of serde_json's that hold JSON text.
pub(in crate::value) enum Struct<'w, 'o> {
    Object(Compound<'w, 'o>),
    Raw { writer: &'w mut Writer<'o>, start: usize },
}

impl<'w, 'o> Struct<'w, 'o> {
    #[cold]
    pub(super) fn raw(writer: &'w mut Writer<'o>) -> Self {
        Self::Raw { start: writer.out.len(), writer }
    }
}

impl SerializeStruct for Struct<'_, '_> {
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
            Self::Object(object) => object.close('}'),
            Self::Raw { writer, start } if writer.out.len() == start => writer.token("null"),
            Self::Raw { .. } => Ok(()),
        }
    }
}

/// `{"Variant":[..]}` or `{"Variant":{..}}`.
pub(in crate::value) struct Variant<'w, 'o> {
    content: Compound<'w, 'o>,
    closer: char,
    outer_length: usize,
}

impl<'w, 'o> Variant<'w, 'o> {
    pub(super) fn open(
        writer: &'w mut Writer<'o>,
        variant: &'static str,
        opener: char,
        length: usize,
    ) -> Result<Self, Failure> {
        let outer_length = writer.open('{', Some(1))?;
        writer.member(variant)?;
        let content = Compound::open(writer, opener, Some(length))?;
        Ok(Self { content, closer: if opener == '[' { ']' } else { '}' }, outer_length })
    }

    fn close(self) -> Done {
        let Compound { writer, outer_length, .. } = self.content;
        writer.close(self.closer, outer_length)?;
        writer.close('}', self.outer_length)
    }
}

impl SerializeTupleVariant for Variant<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.content.element(value)
    }

    fn end(self) -> Done {
        self.close()
    }
}

impl SerializeStructVariant for Variant<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.content.field(key, value)
    }

    fn end(self) -> Done {
        self.close()
    }
}
