# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The base classes of the PCI code and id assignment specification, in short words. Pure."""

from __future__ import annotations

_BASE = {
    "00": "unclassified",
    "01": "storage",
    "02": "network",
    "03": "display",
    "04": "multimedia",
    "05": "memory",
    "06": "bridge",
    "07": "communication",
    "08": "system",
    "09": "input",
    "0a": "docking",
    "0b": "processor",
    "0c": "serial",
    "0d": "wireless",
    "0e": "intelligent",
    "0f": "satellite",
    "10": "encryption",
    "11": "signal",
    "12": "accelerator",
    "13": "instrumentation",
    "40": "coprocessor",
}

NETWORK = "network"
BRIDGE = "bridge"
#: class and subclass of an InfiniBand controller
INFINIBAND = 0x0207
NAMES = tuple(_BASE.values())


def name(class_id: str) -> str:
    """The base class in a word: network for 0200; 'other' for one that has no word here."""
    return _BASE.get(class_id[:2], "other")
