# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML that is safe by the way it is made: every text and every attribute is escaped, and only `tag` makes markup."""

from __future__ import annotations

import html
import typing as t


class Markup(str):
    """A text that is markup already."""

    __slots__ = ()


Child = t.Union[str, int, None, t.Iterable["Child"]]
#: elements without content; those of SVG among them are closed
_VOID = {"meta": ">", "br": ">", "path": "/>", "rect": "/>", "circle": "/>", "polygon": "/>", "use": "/>"}


def tag(kind: str, /, *children: Child, **attributes: t.Union[str, int, None]) -> Markup:
    """An element. `class_` is the attribute class, `data_label` is data-label; an attribute that is None is left out."""
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    if kind in _VOID:
        return Markup(f"<{kind}{words}{_VOID[kind]}")
    return Markup(f"<{kind}{words}>{join(children)}</{kind}>")


def join(children: Child) -> Markup:
    """Pieces after each other; what is no markup is escaped."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, (str, int)):
        return Markup(escape(children))
    return Markup("".join(join(child) for child in children))


def escape(value: t.Union[str, int]) -> str:
    return html.escape(str(value), quote=True)


def write_table(caption: str, heads: t.Sequence[str], rows: t.Iterable[t.Sequence[Child]], class_: t.Optional[str] = None) -> Markup:
    """A table; at a phone's width each row is a card, with the names of the columns beside the values."""
    head = tag("thead", tag("tr", [tag("th", each, scope="col") for each in heads]))
    body = [tag("tr", [_write_cell(place, head_, value) for place, (head_, value) in enumerate(zip(heads, row))]) for row in rows]
    return tag("div", tag("table", tag("caption", caption), head, tag("tbody", body), class_=class_), class_="scroll")


def _write_cell(place: int, head: str, value: Child) -> Markup:
    if place == 0:
        return tag("th", value, scope="row", data_label=head)
    return tag("td", tag("span", value), data_label=head, class_=None if value else "empty")
