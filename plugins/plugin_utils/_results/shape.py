# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The shape of a module's result, read from its RETURN documentation, and the check of a result against it. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .formats import check_number, check_text, clean_text, show

#: more rows than any host has VFs or any node interfaces
LONGEST_LIST = 65536
#: lists that a playbook walks through, or compares with each other: more than Junos, libvirt or a host has of them
LISTS = dict.fromkeys(("pfs", "ports", "nics", "nodes", "redundancy_groups", "reths"), 1024)
#: of an answer, whatever they stand for: a host with 64 PFs of 256 VFs has a sixth of it
MOST_VALUES = 2_000_000


@dataclasses.dataclass(frozen=True)
class Field:
    """One documented return value."""

    type: str
    elements: str
    contains: t.Mapping[str, Field]
    always: bool
    """A success has it, and a dict that holds it does."""


def read_shape(documentation: t.Mapping[str, t.Any], top: bool = True) -> dict[str, Field]:
    """The fields of RETURN, or of a ``contains`` in it."""
    return {
        name: Field(
            type=about["type"],
            elements=about.get("elements", ""),
            contains=read_shape(about.get("contains") or {}, top=False),
            always=about.get("returned", "" if top else "success").startswith(("success", "always")),
        )
        for name, about in documentation.items()
    }


def count_values(value: t.Any) -> int:
    """How many entries dictionaries and lists have together, one more than MOST_VALUES where there are more."""
    count, waiting = 0, [value]
    while waiting and count <= MOST_VALUES:
        each = waiting.pop()
        if isinstance(each, (dict, list, tuple)):
            count += len(each)
            waiting.extend((each.values() if isinstance(each, dict) else each) if count <= MOST_VALUES else ())
    return min(count, MOST_VALUES + 1)


def check_result(shape: t.Mapping[str, Field], result: t.Mapping[str, t.Any], success: bool) -> tuple[dict[str, t.Any], list[str]]:
    """The documented fields of a result with values of their type, and what is wrong with the others.

    Everything that is not documented is dropped without a word: it is not part of the answer.
    """
    problems: list[str] = []
    clean: dict[str, t.Any] = {}
    for name, field in shape.items():
        if name in result:
            found: list[str] = []
            value = _check(name, name, field, result[name], found)
            if value is None and field.type in ("list", "bool", "int") and not found:
                found.append(f"{name}: null; expected {field.type}")
            problems += found
            if not found:
                clean[name] = value
        elif success and field.always:
            problems.append(f"{name}: missing; expected {field.type}")
    return clean, problems


def _check(where: str, name: str, field: Field, value: t.Any, problems: list[str]) -> t.Any:
    if value is None and field.type != "list":
        return None
    if field.type == "list":
        return _check_list(where, name, field, value, problems)
    if field.type == "dict":
        return _check_dict(where, field, value, problems)
    return _check_scalar(where, name, field.type, value, problems)


def _check_list(where: str, name: str, field: Field, value: t.Any, problems: list[str]) -> list[t.Any]:
    longest = LISTS.get(name, LONGEST_LIST)
    if not isinstance(value, list) or len(value) > longest:
        problems.append(f"{where}: {show(value)}; expected a list of at most {longest} entries")
        return []
    entry = Field(field.elements, "", field.contains, True)
    clean = []
    for number, each in enumerate(value):
        place = f"{where}[{number}]"
        if each is None:
            problems.append(f"{place}: null; expected {field.elements}")
        else:
            clean.append(_check(place, name, entry, each, problems))
    return clean


def _check_dict(where: str, field: Field, value: t.Any, problems: list[str]) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        problems.append(f"{where}: {show(value)}; expected a dictionary")
        return {}
    clean = {}
    for name, part in field.contains.items():
        if name in value:
            clean[name] = _check(f"{where}.{name}", name, part, value[name], problems)
        elif part.always:
            problems.append(f"{where}.{name}: missing; expected {part.type}")
    return clean


def _check_scalar(where: str, name: str, kind: str, value: t.Any, problems: list[str]) -> t.Any:
    problem = ""
    if kind == "bool":
        problem = "" if isinstance(value, bool) else "true or false"
    elif kind in ("int", "float"):
        problem = check_number(name, kind, value)
    elif kind == "str":
        problem = check_text(name, value)
        value = value if problem else clean_text(value)
    else:
        problem = "a documented type"
    if problem:
        problems.append(f"{where}: {show(value)}; expected {problem}")
    return value
