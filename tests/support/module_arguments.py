# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a module that runs in this process, with every ansible-core: the last one for Python 3.9 has no helper for it."""

from __future__ import annotations

import contextlib
import json
import typing as t
from unittest import mock

try:
    from ansible.module_utils.testing import patch_module_args as _patch
except ImportError:
    _patch = None


@contextlib.contextmanager
def patch_module_args(arguments: dict[str, t.Any]) -> t.Iterator[None]:
    """Let the AnsibleModule that is made meanwhile find these arguments."""
    if _patch is not None:
        with _patch(arguments):
            yield
        return
    with mock.patch("ansible.module_utils.basic._ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()):
        yield
