# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON schema of the document, made from its classes; docs/report.schema.json is what this makes."""

from __future__ import annotations

import dataclasses
import typing as t

from .decode import LONGEST, MOST, find_inner, is_optional, list_fields
from .model import Document

Schema = dict[str, t.Any]


def _make_type(hint: t.Any, field: dataclasses.Field[t.Any]) -> Schema:
    origin = t.get_origin(hint)
    if is_optional(hint):
        return {"anyOf": [_make_type(find_inner(hint), field), {"type": "null"}]}
    if dataclasses.is_dataclass(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}  # type: ignore[union-attr]
    if origin is t.Literal:
        return {"enum": list(t.get_args(hint))}
    if origin is tuple:
        return {"type": "array", "maxItems": MOST, "items": _make_type(t.get_args(hint)[0], field)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _make_type(t.get_args(hint)[1], field)}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer", "minimum": field.metadata["lowest"], "maximum": field.metadata["highest"]}
    return {"type": "string", "maxLength": LONGEST}


def _make_record(record: t.Any) -> Schema:
    known = list_fields(record)
    return {
        "description": (record.__doc__ or "").strip(),
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field, _hint in known],
        "properties": {field.name: {"description": field.metadata["meaning"], **_make_type(hint, field)} for field, hint in known},
    }


def _make_records(record: t.Any, seen: dict[str, Schema]) -> dict[str, Schema]:
    """The schemas of a class and of all that it is made of."""
    if record.__name__ not in seen:
        seen[record.__name__] = _make_record(record)
        for _field, hint in list_fields(record):
            for part in (hint, *t.get_args(hint)):
                if dataclasses.is_dataclass(part):
                    _make_records(part, seen)
    return seen


def make_schema() -> Schema:
    known = _make_records(Document, {})
    top = known.pop("Document")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vsrx.sriov:report:1",
        "title": "The report of vsrx.sriov",
        **top,
        "$defs": dict(sorted(known.items())),
    }
