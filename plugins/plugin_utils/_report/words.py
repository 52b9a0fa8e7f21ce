# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words for values, the same in every view."""

from __future__ import annotations

import datetime
import typing as t
import unicodedata

from .model import Document, Reth, Run, Traffic

TRAFFIC: dict[Traffic, str] = {
    "no": "not interrupted",
    "failover": "failover: interrupted for a moment",
    "outage": "outage",
    "unknown": "not known",
}
MODES: dict[t.Optional[bool], str] = {True: "active", False: "not active", None: "not known"}


def say_time(read_at: t.Optional[str]) -> str:
    """2026-01-02T03:04:05Z as people read it, with its zone."""
    return (read_at or "not known").replace("T", " ").replace("Z", " UTC")


def say_boot(seconds: t.Optional[int]) -> str:
    if seconds is None:
        return "not known"
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def say_boot_shortly(seconds: t.Optional[int]) -> str:
    """The same without blanks, for columns of text."""
    return "?" if seconds is None else say_boot(seconds).replace(" UTC", "Z").replace(" ", "T")


def say_run(run: Run) -> list[str]:
    """Who read the site with what, in pieces."""
    return [
        f"by {run.user}" if run.user else "",
        f"vsrx.sriov {run.collection}" if run.collection else "",
        f"ansible-core {run.ansible}" if run.ansible else "",
        f"inventory {', '.join(run.inventory)}" if run.inventory else "",
        f"limit {run.limit}" if run.limit else "no limit",
    ]


def say_counts(document: Document) -> str:
    counts = [
        (len(document.clusters), "cluster", "clusters"),
        (len(document.standalone), "stand-alone node", "stand-alone nodes"),
        (len(document.hosts), "KVM host", "KVM hosts"),
    ]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)


def say_up(up: t.Optional[bool]) -> str:
    return {True: "up", False: "down", None: "not known"}[up]


def say_vlans(vlans: t.Optional[int]) -> str:
    return "VLANs not known" if vlans is None else f"{vlans} VLAN{'' if vlans == 1 else 's'}"


def say_match(reth: Reth) -> str:
    """Whether the reth has the MAC address of its active interface (S13)."""
    if reth.mac_is_active_ports is None:
        return "S13 not known"
    port = reth.active_port or "its active interface"
    return f"same as {port}" if reth.mac_is_active_ports else f"not that of {port}: {reth.active_port_mac or 'not known'}"


def shorten(text: str, longest: int) -> str:
    """A text of no more than so many columns; a wide character takes two."""
    if sum(map(_count_columns, text)) <= longest:
        return text
    kept, columns = "", longest - 1
    for character in text:
        columns -= _count_columns(character)
        if columns < 0:
            break
        kept += character
    return f"{kept}\N{HORIZONTAL ELLIPSIS}"


def _count_columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def say_duration(seconds: int) -> str:
    """A limit, as it is planned with: 45 s, 43 min, 1 h 13 min."""
    hours, rest = divmod(seconds, 3600)
    if hours:
        return f"{hours} h {rest // 60} min"
    return f"{rest // 60} min" + (f" {rest % 60} s" if rest % 60 else "") if rest >= 60 else f"{rest} s"


def say_limit(limits: t.Iterable[t.Optional[int]]) -> str:
    """The sum of the limits of all steps; empty where none is known."""
    known = [limit for limit in limits if limit is not None]
    return f"all steps may take at most {say_duration(sum(known))}" if known else ""
