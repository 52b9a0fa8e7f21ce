# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook site would do, as a numbered list. Where a part could not be planned, the number of steps is not known."""

from __future__ import annotations

import collections.abc
import dataclasses
import typing as t

from .clean import clean_text
from .decode import decode
from .model import Step, Traffic
from .variables import Variables, get_mapping, get_texts

_BOOT_BOTH: dict[str, tuple[str, Traffic]] = {
    "simultaneous": ("reboot both nodes at once", "outage"),
    "rolling": ("reboot both nodes, one after the other", "failover"),
}
Steps = t.Optional[list[Step]]


def plan_host(name: str, host: Variables) -> Steps:
    """The changes of a KVM host; None where they could not be planned."""
    return _steps(name, get_texts(get_mapping(host, "sriov_host_preview"), "actions"), "no")


def plan_node(name: str, node: Variables) -> Steps:
    """The changes of a domain. Where it is shut down for them, a cluster fails over, and a stand-alone node has an outage."""
    if node.get("vsrx_ports_refusal") is not None:
        return None
    restarted = get_mapping(node, "vsrx_ports_planned").get("restarted")
    down: Traffic = "outage" if node.get("vsrx_cluster") is None else "failover"
    return _steps(name, get_texts(node, "vsrx_ports_actions"), down if restarted else "no")


def plan_cluster(name: str, members: collections.abc.Sequence[Variables]) -> Steps:
    """The commit, and the restart of both nodes where one is pending and may be done."""
    if any(member.get("vsrx_cluster_refusal") is not None for member in members):
        return None
    seen = next((look for look in (get_mapping(each, "vsrx_cluster_seen") for each in members) if get_mapping(look, "cluster")), {})
    steps = _steps(name, get_texts(seen, "actions"), "no")
    how = clean_text(members[0].get("vsrx_cluster_restart"))
    if steps is not None and seen.get("restart_required") is True and how in _BOOT_BOTH:
        what, traffic = _BOOT_BOTH[how]
        steps.append(Step(on=name, what=what, traffic=traffic))
    return steps


def read_plan(plan: t.Iterable[Variables]) -> list[Step]:
    """The steps of a plan of the whole site, which knows their order and how long each may take."""
    return [
        decode(Step, {"on": each.get("where"), "what": each.get("what"), "traffic": each.get("traffic"), "longest": each.get("longest_s")})
        for each in plan
    ]


def count_steps(parts: t.Iterable[Steps]) -> t.Optional[int]:
    every = list(parts)
    return None if None in every else sum(len(part) for part in every if part)


def number_steps(parts: t.Iterable[Steps]) -> tuple[Step, ...]:
    steps = [step for part in parts for step in part or ()]
    return tuple(dataclasses.replace(step, number=number) for number, step in enumerate(steps, 1))


def _steps(on: str, actions: t.Optional[list[str]], traffic: Traffic) -> Steps:
    return None if actions is None else [Step(on=on, what=action, traffic=traffic) for action in actions]
