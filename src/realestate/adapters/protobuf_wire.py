"""Reads the wire format of Protocol Buffers, field by field, without a schema and without copying."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_WIDTHS = {FIXED64: 8, FIXED32: 4}
_LONGEST_VARINT = 10
"""Bytes of a 64-bit number, seven bits in each."""

Value = int | memoryview
"""A number for a varint, else the bytes of the field."""


class MalformedMessageError(ValueError):
    """The bytes are no message, or one that goes on beyond all measure."""


class Budget:
    """How many fields may still be read, over all messages of one file."""

    def __init__(self, fields: int) -> None:
        self._left = fields

    def spend(self) -> None:
        """Count one field.

        Raises:
            MalformedMessageError: If there were too many.
        """
        self._left -= 1
        if self._left < 0:
            raise MalformedMessageError("more fields than any model has")


def fields(message: memoryview, budget: Budget) -> Iterator[tuple[int, Value]]:
    """Give the number and value of each field of one message, in the order of the bytes.

    Raises:
        MalformedMessageError: If the bytes are no message.
    """
    position, end = 0, len(message)
    while position < end:
        budget.spend()
        tag, position = _varint(message, position)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise MalformedMessageError("a field without a number")
        if kind == VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        length, position = _varint(message, position) if kind == LENGTH else (_width(kind), position)
        if length > end - position:
            raise MalformedMessageError("it ends in the middle of a field")
        yield number, message[position : position + length]
        position += length


def integers(value: Value) -> list[int]:
    """The signed 64-bit numbers of a repeated integer field, packed or one by one.

    Raises:
        MalformedMessageError: If the bytes hold no such numbers.
    """
    if isinstance(value, int):
        return [_signed(value)]
    numbers, position = [], 0
    while position < len(value):
        number, position = _varint(value, position)
        numbers.append(_signed(number))
    return numbers


def _width(kind: int) -> int:
    if kind not in _WIDTHS:
        raise MalformedMessageError(f"a field of the unknown kind {kind}")
    return _WIDTHS[kind]


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """A base-128 number and where it ends."""
    number = 0
    for i, byte in enumerate(message[position : position + _LONGEST_VARINT]):
        number |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return number & 0xFFFF_FFFF_FFFF_FFFF, position + i + 1
    raise MalformedMessageError("a number without an end")


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
