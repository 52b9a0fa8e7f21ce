# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misbehaviour that tests order: what happens at the n-th request of a name, on a node or on any."""

from __future__ import annotations

import dataclasses
import typing as t

#: what may happen to a request or its reply
KINDS = {
    "drop-before": "the session ends before the request takes effect",
    "drop-after": "the request takes effect, then the session ends without a reply",
    "drop-mid": "the request takes effect, then the session ends in the middle of the reply",
    "delay": "the reply comes `seconds` later",
    "garbage": "the reply is no XML",
    "truncated": "the reply lacks its end, framed as if it were whole",
    "huge": "the reply carries `bytes` of text (10 MiB if not given)",
    "empty": "the reply is an empty message",
    "hang": "no reply ever comes; the session stays until its client leaves",
    "refuse": "an <rpc-error> with `message` instead of the answer",
    "warn": "a warning with `message` beside the answer",
    "warn-around": "a warning with `message` before the answer and one after it, as a reboot has been seen to be answered",
    "error-beside": "an <rpc-error> with `message` beside the answer, which took effect",
    "deny": "an <xnm:error> of `daemon` with `message` in an ordinary reply instead of the answer",
    "deny-in-output": "an <output> with `message` in an ordinary reply instead of the answer",
    "deny-beside": "an <xnm:error> of `daemon` and an <rpc-error>, both with `message`, instead of the answer",
    "slow": "the request takes effect and is answered `seconds` later; the session waits",
    "unclosed": "each <routing-engine> of the reply lacks its end, as clusters have been seen to answer a commit check",
}


@dataclasses.dataclass
class Fault:
    kind: str
    #: name of the RPC; empty means any
    rpc: str = ""
    node: int | None = None
    #: the n-th matching request from now on
    nth: int = 1
    #: how many requests in a row from there
    times: int = 1
    seconds: float = 0.0
    bytes: int = 10 * 1024 * 1024
    message: str = "ordered fault"
    #: what the request's XML must hold, such as <node>
    holding: str = ""
    daemon: str = "jsrpd"

    def hits(self, rpc: str, node: int, text: str = "") -> bool:
        """Count this request; true where it is hit."""
        if self.times <= 0 or self.rpc not in ("", rpc) or self.node not in (None, node) or self.holding not in text:
            return False
        self.nth -= 1
        if self.nth > 0:
            return False
        self.times -= 1
        return True


class Faults:
    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, kind: str, **details: t.Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind}; there are {', '.join(sorted(KINDS))}")
        known = {field.name for field in dataclasses.fields(Fault)} - {"kind"}
        if set(details) - known:
            raise ValueError(f"unknown details {', '.join(sorted(set(details) - known))}; there are {', '.join(sorted(known))}")
        self._ordered.append(Fault(kind, **details))

    def at(self, rpc: str, node: int, text: str = "") -> list[Fault]:
        hit = [fault for fault in self._ordered if fault.hits(rpc, node, text)]
        self._ordered = [fault for fault in self._ordered if fault.times > 0]
        return hit

    def waiting(self) -> list[dict[str, t.Any]]:
        return [dataclasses.asdict(fault) for fault in self._ordered]

    def clear(self) -> None:
        self._ordered.clear()
