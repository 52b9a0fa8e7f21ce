# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.missing_arguments: which arguments of the kernel command line a KVM host lacks, if they would help."""

from __future__ import annotations

DOCUMENTATION = r"""
name: missing_arguments
short_description: Which arguments of the kernel command line a KVM host lacks, if they would help
version_added: 1.1.0
description:
  - Gives the arguments that the running kernel does not have, for a host whose IOMMU is off only because an argument is missing.
  - Gives none where these arguments would not switch VT-d on, so that a host is not restarted for nothing.
positional: _input
options:
  _input:
    description: The arguments that the host is to have, as one text.
    type: str
    required: true
  running:
    description: The command line of the running kernel, from C(/proc/cmdline).
    type: str
    default: ""
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Tell whether the command line is to be changed
  ansible.builtin.set_fact:
    lacks: "{{ 'intel_iommu=on iommu=pt' | vsrx.sriov.missing_arguments(running='quiet iommu=pt') }}"
"""

RETURN = r"""
_value:
  description: A list of arguments.
  type: list
  elements: str
"""

import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._kernel_cmdline import find_missing


def missing_arguments(wanted: str, running: str = "") -> list[str]:
    """Return which of the wanted arguments the running kernel lacks."""
    return find_missing(str(wanted).split(), str(running).split())


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return it by its name."""
        return {"missing_arguments": missing_arguments}
