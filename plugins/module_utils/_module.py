# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._errors import VsrxError
from ._findings import in_order

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run(module: AnsibleModule, work: t.Callable[[AnsibleModule], dict[str, t.Any]]) -> None:
    """Do the work and leave the module: the one place where a failure becomes ``fail_json``.

    ``work`` takes the module and returns its result; a ``VsrxError`` becomes the failure's message, findings and facts.
    """
    try:
        result = work(module)
    except VsrxError as failure:
        module.fail_json(msg=failure.message, findings=[finding.as_dict() for finding in in_order(failure.findings)], **failure.facts)
    module.exit_json(**result)
