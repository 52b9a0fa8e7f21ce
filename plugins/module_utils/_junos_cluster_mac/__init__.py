# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules junos_cluster_mac and junos_cluster_info: the two statements of the MAC mode of a chassis cluster."""

from __future__ import annotations
