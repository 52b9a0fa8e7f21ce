# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.as_list: a list, however an inventory, a survey or -e gives it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: as_list
short_description: A list, however it is given
version_added: 1.1.0
description:
  - Gives a list of what is a list, a text with commas, or a list as JSON.
  - Surveys, INI inventories and C(-e name=value) can only give texts.
positional: _input
options:
  _input:
    description: The value. Nothing, or an empty text, is an empty list.
    type: raw
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show two rules
  ansible.builtin.debug:
    msg: "{{ 'S10, S12' | vsrx.sriov.as_list }}"
"""

RETURN = r"""
_value:
  description: The list.
  type: list
  elements: raw
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError

from ..plugin_utils._hostvars import parse_list


def as_list(value: t.Any) -> list[t.Any]:
    try:
        return parse_list(value)
    except RequestError as failure:
        raise AnsibleFilterError(failure.message) from None


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"as_list": as_list}
