# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits until a chassis cluster is healthy; see M(vsrx.sriov.junos_cluster_wait)."""

from __future__ import annotations

import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VerificationError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.action import ClusterAction, describe_look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.goals import Healthy
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.waiting import NotReachedError


class ActionModule(ClusterAction):
    _options: t.ClassVar = {
        "timeout": {"type": "int", "default": 900},
        "allow_manual_failover": {"type": "bool", "default": False},
        "reths": {"type": "list", "elements": "str", "default": []},
    }

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        goal = Healthy(but_manual=params["allow_manual_failover"], reths=frozenset(params["reths"]))
        try:
            return describe_look(operations.waiter.wait(goal, params["timeout"]))
        except NotReachedError as late:
            facts = describe_look(late.look) if late.look else {"lost": True}
            raise VerificationError(late.message, **facts) from None
