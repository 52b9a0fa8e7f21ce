# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.report_row: one row of a text, as it can be shown in a terminal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_row
short_description: A row of text that a terminal can show
version_added: 1.1.0
description:
  - Removes escape sequences and other control characters that a host or a node may have put into a text, and blanks at the end of the row.
  - The row begins with a blank, so that columns stay aligned in JSON and in YAML output.
positional: _input
options:
  _input:
    description: The row.
    type: str
    required: true
author:
  - The vsrx.sriov authors (@vsrx)
seealso:
  - plugin: vsrx.sriov.report_view
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show rows of text
  ansible.builtin.debug:
    msg: "{{ text.splitlines() | map('vsrx.sriov.report_row') }}"
"""

RETURN = r"""
_value:
  description: The row.
  type: str
"""

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._report.decode import clean_text


def report_row(value: t.Any) -> t.Any:
    # A mark in front keeps the row's own indentation.
    return wrap_var(" " + clean_text(f"|{value}")[1:].rstrip() or " ")


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_row": report_row}
