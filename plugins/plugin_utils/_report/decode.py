# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values at the border, and a document between JSON and its classes.

What a host, a node or a file says is taken only in the type and the range that its field has; else it counts as not read.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
import json
import re
import typing as t

#: characters of one text; longer ones are cut
LONGEST = 4000
#: entries of one list; more are left out
MOST = 10_000
_CUT = "..."
# A terminal takes these as commands: whole sequences go, not only their first byte.
_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
# What is left of them, marks that turn the direction of a text, and characters without width.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
Record = t.TypeVar("Record")


def clean_text(value: t.Any, longest: int = LONGEST) -> str:
    """A text without control characters; empty where the value is no text. Numbers in an inventory can be names."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    # Through bytes: a plain string without surrogates, whatever subclass came.
    plain = (value[: 4 * longest] if isinstance(value, str) else format(int(value) % 10**18)).encode("utf-8", "replace").decode()
    plain = _HIDDEN.sub("", _SEQUENCES.sub("", plain.replace("\r\n", "\n").replace("\t", " "))).strip()
    return plain if len(plain) <= longest else plain[: longest - len(_CUT)] + _CUT


def clean_number(value: t.Any, lowest: int, highest: int) -> t.Optional[int]:
    """A whole number in its range; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return int(value) if lowest <= value <= highest else None


def clean_flag(value: t.Any) -> t.Optional[bool]:
    return bool(value) if isinstance(value, bool) else None


@functools.cache
def list_fields(record: t.Any) -> tuple[tuple[dataclasses.Field[t.Any], t.Any], ...]:
    """Each field of a class with its type."""
    hints = t.get_type_hints(record)
    return tuple((field, hints[field.name]) for field in dataclasses.fields(record))


def is_optional(hint: t.Any) -> bool:
    return t.get_origin(hint) is t.Union


def find_inner(hint: t.Any) -> t.Any:
    """The type that is optional."""
    return next(each for each in t.get_args(hint) if each is not type(None))


def _list_items(value: t.Any) -> list[t.Any]:
    return list(value)[:MOST] if isinstance(value, (list, tuple)) else []


def _decode_value(hint: t.Any, value: t.Any, field: dataclasses.Field[t.Any]) -> t.Any:
    """The value in the type of its field; None where it has another."""
    origin, limits = t.get_origin(hint), field.metadata
    if is_optional(hint):
        return None if value is None else _decode_value(find_inner(hint), value, field)
    if dataclasses.is_dataclass(hint):
        return decode(t.cast("type[t.Any]", hint), value) if isinstance(value, collections.abc.Mapping) else None
    if origin is t.Literal:
        return next((choice for choice in t.get_args(hint) if isinstance(value, str) and choice == value), None)
    if origin is tuple:
        of = t.get_args(hint)[0]
        entries = (_decode_value(of, each, field) for each in _list_items(value))
        return tuple(each for each in entries if each is not None)
    if origin is dict:
        pairs = value.items() if isinstance(value, collections.abc.Mapping) else ()
        return {clean_text(key): _decode_value(t.get_args(hint)[1], each, field) for key, each in list(pairs)[:MOST]}
    if hint is bool:
        return clean_flag(value)
    if hint is int:
        return clean_number(value, limits.get("lowest", 0), limits.get("highest", 0))
    return clean_text(value) or None


def decode(record: type[Record], value: collections.abc.Mapping[str, t.Any]) -> Record:
    """A record of a mapping. A field that cannot be read has its default; what the record does not know is left out."""
    read: dict[str, t.Any] = {}
    for field, hint in list_fields(t.cast("t.Any", record)):
        found = _decode_value(hint, value.get(field.name), field)
        if found is not None:
            read[field.name] = found
    return record(**read)


def encode(record: t.Any) -> t.Any:
    """A record as plain lists, dictionaries and values."""
    return json.loads(json.dumps(dataclasses.asdict(record)))
