# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the filters of a site have in common: hostvars in, the typed site out."""

from __future__ import annotations

import typing as t

from .._hostvars import pick_of_hosts
from .model import Site
from .variables import OF_HOST, OF_NODE, read_site


def load_site(variables: t.Any, hosts: t.Iterable[str], nodes: t.Iterable[str]) -> Site:
    """The site from ``hostvars``; only the variables that it needs are evaluated."""
    return read_site(pick_of_hosts(variables, hosts, OF_HOST), pick_of_hosts(variables, nodes, OF_NODE))
