# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the filters over ``hostvars`` have in common: only the variables that they read are evaluated."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleUndefinedVariable


def pick_variables(variables: t.Any, names: t.Iterable[str]) -> dict[str, t.Any]:
    """Those of the variables of one host that are set; one that is a template of what is not set counts as not set."""
    picked = {}
    for name in names:
        try:
            if name in variables:
                picked[name] = variables[name]
        except AnsibleUndefinedVariable:
            continue
    return picked
