# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""YAML as a person would write it: values in quotes where they need them, short mappings on one line, comments. Pure."""

from __future__ import annotations

import json
import re
import typing as t

from .._report.decode import clean_text

#: what YAML reads as a text without quotes, and in every version of it
_PLAIN = re.compile(r"[A-Za-z_~/][A-Za-z0-9_./~-]*|[0-9]{1,3}(\.[0-9]{1,3}){3}")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "~", "nan", "inf"))
_TEMPLATE = re.compile(r"\{[{%#]")
#: of a line with its comment
WIDTH = 150


def is_expression(value: t.Any) -> bool:
    """Would Ansible evaluate the text instead of taking it as it is?"""
    return isinstance(value, str) and _TEMPLATE.search(value) is not None


def write_scalar(value: t.Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    text = clean_text(value)
    if is_expression(text):
        raise ValueError(repr(text))
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)


def write_mapping(entry: t.Mapping[str, t.Any]) -> str:
    """A mapping on one line."""
    return "{" + ", ".join(f"{name}: {write_scalar(value)}" for name, value in entry.items()) + "}"


def write_comment(text: str, indent: str) -> list[str]:
    """A comment of as many lines as it needs."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{indent}# {word}" if not lines else f"{indent}#   {word}")
    return lines


def write_line(line: str, comment: str) -> list[str]:
    """A line with a comment behind it, or above it where both are too long for one."""
    if not comment:
        return [line]
    if len(line) + len(comment) + 5 <= WIDTH:
        return [f"{line}  # {comment}"]
    return [*write_comment(comment, line[: len(line) - len(line.lstrip())]), line]
