# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A document between JSON and its classes. Nothing is taken as it came: a value of another type or out of range counts as not read."""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
import json
import typing as t

from .clean import MOST, clean_flag, clean_number, clean_text

Record = t.TypeVar("Record")


@functools.cache
def fields_of(record: t.Any) -> tuple[tuple[dataclasses.Field[t.Any], t.Any], ...]:
    """Each field of a class with its type."""
    hints = t.get_type_hints(record)
    return tuple((field, hints[field.name]) for field in dataclasses.fields(record))


def is_optional(hint: t.Any) -> bool:
    return t.get_origin(hint) is t.Union


def inner(hint: t.Any) -> t.Any:
    """The type that is optional."""
    return next(each for each in t.get_args(hint) if each is not type(None))


def _items(value: t.Any) -> list[t.Any]:
    return list(value)[:MOST] if isinstance(value, (list, tuple)) else []


def _value(hint: t.Any, value: t.Any, field: dataclasses.Field[t.Any]) -> t.Any:
    """The value in the type of its field; None where it has another."""
    origin, limits = t.get_origin(hint), field.metadata
    if is_optional(hint):
        return None if value is None else _value(inner(hint), value, field)
    if dataclasses.is_dataclass(hint):
        return decode(t.cast("type[t.Any]", hint), value) if isinstance(value, collections.abc.Mapping) else None
    if origin is t.Literal:
        return next((choice for choice in t.get_args(hint) if isinstance(value, str) and choice == value), None)
    if origin is tuple:
        of = t.get_args(hint)[0]
        entries = (_value(of, each, field) for each in _items(value))
        return tuple(each for each in entries if each is not None)
    if origin is dict:
        pairs = value.items() if isinstance(value, collections.abc.Mapping) else ()
        return {clean_text(key): _value(t.get_args(hint)[1], each, field) for key, each in list(pairs)[:MOST]}
    if hint is bool:
        return clean_flag(value)
    if hint is int:
        return clean_number(value, limits.get("lowest", 0), limits.get("highest", 0))
    return clean_text(value) or None


def decode(record: type[Record], value: collections.abc.Mapping[str, t.Any]) -> Record:
    """A record of a mapping. A field that cannot be read has its default; what the record does not know is left out."""
    read: dict[str, t.Any] = {}
    for field, hint in fields_of(t.cast("t.Any", record)):
        found = _value(hint, value.get(field.name), field)
        if found is not None:
            read[field.name] = found
    return record(**read)


def encode(record: t.Any) -> t.Any:
    """A record as plain lists, dictionaries and values."""
    return json.loads(json.dumps(dataclasses.asdict(record)))
