# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One committed configuration in the history."""

from __future__ import annotations

import dataclasses
import typing as t

from lxml import etree

from .tree import Tree, parse, plain


@dataclasses.dataclass
class Entry:
    tree: Tree
    seconds: int
    user: str = "root"
    client: str = "netconf"
    comment: str = ""
    log: str = ""
    #: the commit waits for its confirmation
    pending: bool = False
    #: the node whose session committed it; the other has it by synchronisation
    node: int | None = None

    def to_json(self) -> dict[str, t.Any]:
        return {
            "xml": etree.tostring(self.tree, encoding="unicode"),
            **{name: getattr(self, name) for name in ("seconds", "user", "client", "comment", "log")},
        }

    @classmethod
    def from_json(cls, row: dict[str, t.Any]) -> Entry:
        return cls(plain(parse(row["xml"])), **{name: row[name] for name in ("seconds", "user", "client", "comment", "log")})
