# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.domain_uuid: the UUID of a domain in a list of virsh."""

from __future__ import annotations

DOCUMENTATION = r"""
name: domain_uuid
short_description: The UUID of a domain in a list of virsh
version_added: 1.1.0
description:
  - Finds a domain by its exact name, or by its UUID, in the rows of C(virsh list --all --uuid --name).
  - C(virsh) itself takes a number for an id and a word with a hyphen for an option, so a domain is named to it by its UUID only.
positional: _input
options:
  _input:
    description: The rows.
    type: list
    elements: str
    required: true
  domain:
    description: Name or UUID of the domain.
    type: str
    required: true
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show the UUID
  ansible.builtin.debug:
    msg: "{{ ['7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a90 vsrx1-node0'] | vsrx.sriov.domain_uuid('vsrx1-node0') }}"
"""

RETURN = r"""
_value:
  description: The UUID; empty where no domain, or more than one, has the name.
  type: str
"""

import typing as t

from ..plugin_utils._site.residents import find_uuid


def domain_uuid(rows: t.Iterable[str], domain: t.Any) -> str:
    return find_uuid(map(str, rows), str(domain))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"domain_uuid": domain_uuid}
