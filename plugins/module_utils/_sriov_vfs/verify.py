# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What is read after the steps needs no further step, as far as reading can tell. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._host.pf_model import Pf
from .plan import steps_for
from .request import PfRequest
from .steps import SetVf, Step


def _to_be_seen(step: Step) -> t.Optional[Step]:
    """A step as far as reading back can tell that it was not taken: not an attribute that is not shown, nor an address taken away."""
    if not isinstance(step, SetVf):
        return step
    gone = {change for change in step.changed if change.attribute == "mac" and _mac_address.is_zero(change.after)}
    changed = tuple(change for change in step.changed if change not in gone)
    if not changed or (not step.fresh and all(change.before is None for change in changed)):
        return None
    return dataclasses.replace(step, changed=changed)


def missed(asked: t.Iterable[tuple[PfRequest, Pf]]) -> list[str]:
    """What is not as it was asked, in words."""
    left = [_to_be_seen(step) for request, pf in asked for step in steps_for(request, pf)]
    return [step.missed() for step in left if step is not None]
