# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What survives a restart of the peer: the history of the configuration, and how the nodes booted."""

from __future__ import annotations

import json
import pathlib

from .entry import Entry
from .files import write
from .node import Node
from .tree import Tree

NAME = "state.json"


def save(folder: pathlib.Path, history: list[Entry], nodes: list[Node]) -> None:
    booted = [{"booted_at": node.booted_at, "booted_with": sorted(node.booted_with)} for node in nodes]
    write(folder / NAME, json.dumps({"history": [entry.to_json() for entry in history], "nodes": booted}), private=True)


def load(folder: pathlib.Path) -> tuple[list[Entry], list[Node]] | None:
    try:
        document = json.loads((folder / NAME).read_text())
    except FileNotFoundError:
        return None
    nodes = [Node(number, row["booted_at"], frozenset(row["booted_with"])) for number, row in enumerate(document["nodes"])]
    return [Entry.from_json(row) for row in document["history"]], nodes


def fresh(tree: Tree, nodes: int, now: int) -> tuple[list[Entry], list[Node]]:
    """Committed an hour ago, booted half an hour ago."""
    return [Entry(tree, now - 3600, "root", "cli")], [Node(number, now - 1800) for number in range(nodes)]
