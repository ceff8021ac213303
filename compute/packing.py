"""Results as bytes and back, without pickle: what is read runs nothing.

MessagePack, with extensions for what results are made of: tuples, arrays, NumPy's scalars, complex
and large numbers, fractions, and the records of `compute`, which are named and never imported.
Arrays come back read-only, in the order of memory that they had: sums over them have the same bits.
"""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import IO, Any, Final, Literal

import msgpack
import numpy as np

_TUPLE, _ARRAY, _SCALAR, _COMPLEX, _INTEGER, _FRACTION, _RECORD, _NAMED = range(8)
# Booleans, integers, floats, complex numbers and texts: no objects.
_KINDS: Final = frozenset("biufcU")


class PackingError(ValueError):
    """A value that has no form as bytes, or bytes that are no value."""


class AsItIs:
    """For a store that would pickle its values: they are bytes already."""

    def dump(self, value: bytes, file: IO[bytes]) -> None:
        """Write a value."""
        file.write(value)

    def load(self, file: IO[bytes]) -> bytes:
        """Read a value."""
        return file.read()

    def dumps(self, value: bytes) -> bytes:
        """A value, to be written."""
        return value

    def loads(self, value: bytes | None) -> bytes | None:
        """A value that was read."""
        return value


def pack(value: object) -> bytes:
    """`value` as bytes; PackingError where a part of it is of no known kind."""
    try:
        packed: bytes = msgpack.packb(value, default=_reduced, strict_types=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise PackingError(str(error)) from None
    return packed


def unpack(packed: bytes) -> Any:
    """The value of `packed`; PackingError where it is none that this code could have packed."""
    try:
        return msgpack.unpackb(packed, ext_hook=_restored, strict_map_key=False)
    except Exception as error:
        raise PackingError(f"{type(error).__name__}: {error}") from None


def _reduced(value: Any) -> msgpack.ExtType:
    """What MessagePack has no word for."""
    kind, parts = _parts(value)
    return msgpack.ExtType(kind, pack(parts))


def _parts(value: Any) -> tuple[int, list[Any]]:
    match value:
        case tuple() if type(value) is tuple:
            return _TUPLE, list(value)
        case np.ndarray() if value.dtype.kind in _KINDS:
            order: Literal["C", "F"]
            order = "C" if value.flags.c_contiguous or not value.flags.f_contiguous else "F"
            return _ARRAY, [value.dtype.str, list(value.shape), order, value.tobytes(order)]
        case np.generic() if value.dtype.kind in _KINDS:
            return _SCALAR, [value.dtype.str, value.tobytes()]
        case complex():
            return _COMPLEX, [value.real, value.imag]
        case int():
            return _INTEGER, [str(value)]
        case Fraction():
            return _FRACTION, [value.numerator, value.denominator]
        case tuple() if _ours(type(value).__module__):
            return _NAMED, [type(value).__module__, type(value).__name__, list(value)]
        case _ if is_dataclass(value) and _ours(type(value).__module__):
            named = {field.name: getattr(value, field.name) for field in fields(value)}
            return _RECORD, [type(value).__module__, type(value).__name__, named]
    raise PackingError(f"{type(value).__qualname__} cannot be packed")


def _restored(kind: int, packed: bytes) -> Any:
    parts = unpack(packed)
    if kind == _TUPLE:
        return tuple(parts)
    if kind == _ARRAY:
        dtype, shape, order, raw = parts
        return np.frombuffer(raw, _dtype(dtype)).reshape(shape, order=order)
    if kind == _SCALAR:
        return np.frombuffer(parts[1], _dtype(parts[0]))[0]
    if kind == _COMPLEX:
        return complex(*parts)
    if kind == _INTEGER:
        return int(parts[0])
    if kind == _FRACTION:
        return Fraction(*parts)
    if kind == _RECORD:
        return _record(*parts)
    if kind == _NAMED:
        return _class(parts[0], parts[1], tuple)._make(parts[2])
    raise PackingError(f"no kind {kind}")


def _dtype(name: str) -> np.dtype[Any]:
    dtype = np.dtype(name)
    if dtype.kind not in _KINDS:
        raise PackingError(f"no arrays of {name}")
    return dtype


def _record(module: str, name: str, named: dict[str, Any]) -> Any:
    """A dataclass as it was: its checks were made before it was packed."""
    cls: Any = _class(module, name, object)
    if not hasattr(cls, "__dataclass_fields__") or named.keys() != {
        field.name for field in fields(cls)
    }:
        raise PackingError(f"{name} has other fields")
    made = cls.__new__(cls)
    for field, value in named.items():
        object.__setattr__(made, field, value)
    return made


def _class(module: str, name: str, base: type) -> Any:
    """A class that a loaded module of ours defines."""
    cls = getattr(sys.modules.get(module), name, None) if _ours(module) else None
    if not (isinstance(cls, type) and issubclass(cls, base) and cls.__module__ == module):
        raise PackingError(f"no class {name}")
    return cls


def _ours(module: str) -> bool:
    return module.startswith("compute.")
