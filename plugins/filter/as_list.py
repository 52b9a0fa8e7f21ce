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

import json
import typing as t

from ansible.errors import AnsibleFilterError


def as_list(value: t.Any) -> list[t.Any]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    if not isinstance(value, str):
        raise AnsibleFilterError(f"expected a list, a text with commas, or a list as JSON, and found {type(value).__name__}")
    text = value.strip()
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        found = json.loads(text)
    except ValueError as failure:
        raise AnsibleFilterError(f"a text that begins like a list as JSON is none: {failure}") from None
    return list(found)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"as_list": as_list}
