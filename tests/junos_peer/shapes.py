# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes of replies that a test may order: nodes that are away, histories, comparisons, host names, commits of one node."""

from __future__ import annotations

import dataclasses

#: how a node that is away shows in a reply of several nodes
AWAY_FORMS = {
    "error": "an <rpc-error> beside the data of the others, as Junos answers for a routing engine that is off",
    "missing": "no item of it",
    "empty": "an item that holds its name alone",
    "inside": "an <xnm:error> inside its item",
}


@dataclasses.dataclass
class HistoryView:
    """How one node tells the commits: the rows that came from the other node have another user and client."""

    user: str = ""
    client: str = ""
    #: the comment "commit confirmed, rollback in N mins"
    words: bool = True
    #: the element <commit-confirmed>rollback pending</commit-confirmed>
    element: bool = True


@dataclasses.dataclass
class Shapes:
    #: node -> form
    away_forms: dict[int, str] = dataclasses.field(default_factory=dict)
    #: nodes that the others cannot reach although they run
    cut_off: set[int] = dataclasses.field(default_factory=set)
    histories: dict[int, HistoryView] = dataclasses.field(default_factory=dict)
    comparison: str = "plain"
    #: one host name for all nodes
    host_name: str = ""
    #: node -> (message, times): a commit takes effect, and reports an error of that node
    commit_errors: dict[int, tuple[str, int]] = dataclasses.field(default_factory=dict)

    def away(self, node: int, up: bool, requested: int) -> str | None:
        """The form in which the node shows as away to the node that was asked; None where it answers."""
        if node == requested or (up and node not in self.cut_off and requested not in self.cut_off):
            return None
        return self.away_forms.get(node, "error")

    def commit_error(self, node: int) -> str | None:
        """Take one ordered error of the node."""
        message, times = self.commit_errors.pop(node, ("", 0))
        if times > 1:
            self.commit_errors[node] = (message, times - 1)
        return message or None
