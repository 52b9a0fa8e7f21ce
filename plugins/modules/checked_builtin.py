#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of checked_builtin: run a builtin module on a host and use little of its answer.

The action plugin of the same name does the work, on the control node.
"""

from __future__ import annotations

DOCUMENTATION = r"""
module: checked_builtin
short_description: Run a builtin module on a host and use little of its answer
version_added: 1.1.0
description:
  - For the roles of this collection, where they run a module of C(ansible.builtin) on a KVM host.
  - Ansible makes variables of the facts in the answer of any module, and gives its statistics to the controller. A host that is not trusted
    with the control node could give itself a consent in this way. Of the answer, only the documented return values are used.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
attributes:
  check_mode:
    support: full
    details: A command is not run in check mode, unless the task has C(check_mode=false).
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: As the builtin module is.
  platform:
    support: full
    platforms: posix
options:
  command:
    description: Options of M(ansible.builtin.command).
    type: dict
  copy:
    description: Options of M(ansible.builtin.copy).
    type: dict
  reboot:
    description: Options of M(ansible.builtin.reboot).
    type: dict
  slurp:
    description: Options of M(ansible.builtin.slurp).
    type: dict
"""

EXAMPLES = r"""
- name: Read the kernel command line
  vsrx.sriov.checked_builtin:
    slurp:
      src: /proc/cmdline
  register: running
"""

RETURN = r"""
rc:
  description: The status of the command.
  returned: with O(command)
  type: int
  sample: 0
stdout:
  description: What the command printed.
  returned: with O(command)
  type: str
  sample: shut off
stdout_lines:
  description: The same, by line.
  returned: with O(command)
  type: list
  elements: str
  sample: [shut off]
content:
  description: The content of the file, in Base64.
  returned: with O(slurp)
  type: str
  sample: aW9tbXU9cHQK
"""
