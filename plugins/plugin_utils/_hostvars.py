# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the filters over ``hostvars`` have in common: only the variables that they read are evaluated."""

from __future__ import annotations

import json
import typing as t

from ansible.errors import AnsibleUndefinedVariable
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError


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


def pick_of_hosts(variables: t.Any, hosts: t.Iterable[str], names: t.Sequence[str]) -> dict[str, dict[str, t.Any]]:
    """Return those of each host, by its inventory name; nothing of other hosts is evaluated."""
    return {host: pick_variables(variables[host], names) for host in hosts}


def parse_list(value: t.Any) -> list[t.Any]:
    """A list as it is, or from a text with commas or JSON, as -e, surveys and INI inventories give it; RequestError for anything else."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    if not isinstance(value, str):
        raise RequestError(f"expected a list, a text with commas, or a list as JSON, and found {type(value).__name__}")
    text = value.strip()
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return list(json.loads(text))
    except ValueError as failure:
        raise RequestError(f"a text that begins like a list as JSON is none: {failure}") from None
