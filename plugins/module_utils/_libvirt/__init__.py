# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Access to libvirt: the connection, its domains and networks, and one domain to change."""

from __future__ import annotations

from .connection import Connection
from .domain import LibvirtDomain
from .inventory import find_domain, list_hostdev_backends, observe, read

__all__ = ["Connection", "LibvirtDomain", "find_domain", "list_hostdev_backends", "observe", "read"]
