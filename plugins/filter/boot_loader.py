# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.boot_loader: what changes the kernel command line of a KVM host, and what its next boot has."""

from __future__ import annotations

DOCUMENTATION = r"""
name: boot_loader
short_description: What changes the kernel command line of a KVM host, and what its next boot has
version_added: 1.1.0
description:
  - Chooses the tool of the distribution by the files of the host. Says what a person does where the role does not run that tool.
  - Reads from the boot loader's configuration what the next boot lacks, and which word would keep VT-d off.
positional: _input
options:
  _input:
    description: Those of the looked-for paths that the host has.
    type: list
    elements: str
    required: true
  wanted:
    description: The arguments that the host is to have, as one text.
    type: str
    required: true
  configured:
    description: The output of C(grubby --info=ALL) or C(rpm-ostree kargs), or the contents of C(/boot/grub/grub.cfg).
    type: str
    default: ""
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Choose the way to the kernel command line
  ansible.builtin.set_fact:
    loader: "{{ ['/usr/sbin/grubby'] | vsrx.sriov.boot_loader('intel_iommu=on iommu=pt') }}"
"""

RETURN = r"""
_value:
  description:
    - C(tool) is C(grubby), C(update-grub), C(rpm-ostree), C(bootc), C(proxmox-boot-tool), C(grub2-mkconfig), C(kernel-install) or
      C(unknown).
    - C(by_hand) says what a person does where the role does not run the tool; empty where it does.
    - C(missing) are the arguments that the next boot lacks, C(off_word) is the word of it that would keep VT-d off, or empty.
  type: dict
"""

import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils import _kernel_cmdline


def boot_loader(present: t.Sequence[str], wanted: str, configured: str = "") -> dict[str, t.Any]:
    """Return the tool of the host, and what its next boot has."""
    tool = _kernel_cmdline.choose_tool([str(path) for path in present])
    missing, off_word = _kernel_cmdline.judge_next_boot(tool, str(configured), str(wanted).split())
    by_hand = "" if tool in _kernel_cmdline.WRITTEN else _kernel_cmdline.describe_change(tool, "add", " ".join(str(wanted).split()))
    return {"tool": tool, "by_hand": by_hand, "missing": missing, "off_word": off_word or ""}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return it by its name."""
        return {"boot_loader": boot_loader}
