# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A candidate configuration, and who has changed it."""

from __future__ import annotations

import dataclasses

from .tree import Tree, clone, same


@dataclasses.dataclass
class Candidate:
    tree: Tree
    base: Tree
    #: session numbers that loaded something which is not committed yet
    editors: set[int] = dataclasses.field(default_factory=set)

    @classmethod
    def of(cls, committed: Tree) -> Candidate:
        return cls(clone(committed), committed)

    @property
    def modified(self) -> bool:
        return not same(self.tree, self.base)

    def reset(self, committed: Tree) -> None:
        self.tree = clone(committed)
        self.base = committed
        self.editors.clear()

    def put(self, tree: Tree, session: int) -> None:
        self.tree = tree
        if self.modified:
            self.editors.add(session)
        else:
            self.editors.clear()
