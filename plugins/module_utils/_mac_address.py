# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""MAC addresses: parse, check, generate. Pure."""

from __future__ import annotations

import hashlib
import re

from ._errors import VsrxError

ZERO = "00:00:00:00:00:00"
_OCTETS = re.compile(r"[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}")


def normalise(text: str) -> str:
    """A MAC address as six lower-case octets joined by colons; raises when it is none."""
    lowered = text.strip().lower()
    if not _OCTETS.fullmatch(lowered):
        raise VsrxError(f"'{text}' is not a MAC address; expected six octets, as in 02:5a:00:00:00:01")
    return lowered.replace("-", ":")


def is_unicast(mac: str) -> bool:
    return not int(mac[:2], 16) & 1


def is_zero(mac: str) -> bool:
    return mac == ZERO


def station(text: str, where: str) -> str:
    """A MAC address that a station may have: unicast and not zero; ``where`` names the port in the error."""
    try:
        mac = normalise(text)
    except VsrxError as failure:
        raise VsrxError(f"{where}: {failure.message}") from None
    if not is_unicast(mac) or is_zero(mac):
        kind = "all zero" if is_zero(mac) else "a multicast address"
        raise VsrxError(f"{where}: MAC address {mac} is {kind}; expected a unicast address, as in 02:5a:00:00:00:01")
    return mac


def generate(*seed: str) -> str:
    """A locally administered unicast MAC address that is always the same for the same seed."""
    digest = hashlib.sha256("\0".join(seed).encode()).digest()
    first = (digest[0] & 0xFC) | 0x02
    return ":".join(f"{octet:02x}" for octet in (first, *digest[1:6]))
