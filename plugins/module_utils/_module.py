# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""How a module ends: the one place where an error becomes ``fail_json``."""

from __future__ import annotations

import os
import typing as t

from ._errors import RequestError, VsrxError, sort_findings

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def require_root() -> None:
    """Raise ``RequestError`` unless the module runs as root."""
    if os.geteuid() != 0:
        raise RequestError("this module must run as root: set become: true")


def run_module(module: AnsibleModule, run: t.Callable[[AnsibleModule], dict[str, t.Any]]) -> None:
    """Call ``run`` and end the module with its result; a ``VsrxError`` becomes the failure's message, findings and facts."""
    try:
        result = run(module)
    except VsrxError as failure:
        module.fail_json(msg=failure.message, findings=[finding.as_dict() for finding in sort_findings(failure.findings)], **failure.facts)
    module.exit_json(**result)
