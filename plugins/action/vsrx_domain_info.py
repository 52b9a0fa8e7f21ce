# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs M(vsrx.sriov.vsrx_domain_info) and admits of its answer what the module documents."""

from __future__ import annotations

from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.action import CheckedAction, read_return


class ActionModule(CheckedAction):
    _shape = read_return("vsrx_domain_info")
