# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.report_same: whether a report that was written before says the same."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_same
short_description: Whether an earlier report says the same
version_added: 1.1.0
description:
  - Compares a document of P(vsrx.sriov.report_document#filter) with one that was written to a file.
  - When and by whom it was read is no difference.
positional: _input, previous
options:
  _input:
    description: The document.
    type: dict
    required: true
  previous:
    description: The text of the earlier report in JSON; empty where there is none.
    type: str
    required: true
author:
  - The vsrx.sriov authors (@vsrx)
seealso:
  - plugin: vsrx.sriov.report_document
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Say whether anything is different
  ansible.builtin.debug:
    msg: "{{ document | vsrx.sriov.report_same(lookup('ansible.builtin.file', 'site.json')) }}"
"""

RETURN = r"""
_value:
  description: Whether both say the same.
  type: bool
"""

import json
import typing as t

from ..plugin_utils._report.compare import is_same
from ..plugin_utils._report.document import read_document


def report_same(value: t.Any, previous: str) -> bool:
    try:
        earlier = json.loads(previous)
    except (ValueError, RecursionError):
        return False
    return is_same(read_document(earlier), read_document(value))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_same": report_same}
