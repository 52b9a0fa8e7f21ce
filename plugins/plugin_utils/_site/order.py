# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""In which order units are changed. Pure."""

from __future__ import annotations

from .model import Site


def make_turns(site: Site, at_once: int) -> list[list[str]]:
    """The names of the units by turns: those that nothing interrupts all at once, the others ``at_once`` at a time."""
    quiet = [unit.name for unit in site.units if not unit.interrupts]
    loud = [unit.name for unit in site.units if unit.interrupts]
    size = max(at_once, 1)
    return ([quiet] if quiet else []) + [loud[start : start + size] for start in range(0, len(loud), size)]
