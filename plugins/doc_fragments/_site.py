# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the filters have in common that read the hosts and nodes of a run: site_order, _plan, _summary and _turns, and adopt_inventory."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  _input:
    description: The variables of all hosts, C(hostvars), with what the reading tasks of this collection left on them.
    type: dict
    required: true
  hosts:
    description: The KVM hosts of the run, in the order of the inventory.
    type: list
    elements: str
    default: []
  nodes:
    description: The vSRX nodes of the run, in the order of the inventory.
    type: list
    elements: str
    default: []
"""
