# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each kind of fault at each request of a run, in both namespace styles, one by one and pipelined; and a run after it.

``python tests/integration/peer/fault_matrix.py FILE`` writes the table as JSON.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib
import sys

from direct_work import STATEMENTS, run
from junos_peer.direct import DirectPeer, direct_peer

KINDS = (
    *("drop-before", "drop-after", "drop-mid", "hang", "garbage", "truncated", "empty", "huge", "refuse", "warn", "unclosed"),
    *("warn-around", "error-beside", "deny", "deny-in-output", "deny-beside"),
)
#: rfc-compliant or not, and whether the connection has the collection's netconf plugin
STYLES = {"default": (False, False), "rfc-compliant": (True, False), "pipelined": (False, True)}
#: a reply that does not come, or is far too long, has no namespace: these slowest kinds are tried in one style
SLOW = ("hang", "huge")
CASES = (*(("present", kind) for kind in KINDS), *(("absent", kind) for kind in ("drop-before", "drop-after", "refuse")))
#: a fault that costs nothing: its reply is whole, or the step that it hits is checked again
HARMLESS = ("warn-around", "unclosed")


@dataclasses.dataclass(frozen=True)
class Cell:
    """What a run did that met one fault at one request. That a second run ended right is asserted, not told."""

    style: str
    state: str
    kind: str
    number: int
    request: str
    #: "changed", "unchanged", or "failed" with the old or the new configuration in place
    outcome: str


def list_cases() -> dict[str, tuple[str, str, str]]:
    """Style, wanted state and kind of fault, by a name for each."""
    return {
        f"{style}-{state}-{kind}": (style, state, kind)
        for style in STYLES
        for state, kind in CASES
        if style == "default" or kind not in SLOW
    }


def count_statements(peer: DirectPeer) -> int:
    """Both or neither, never one."""
    found = sum(name in peer.order("committed") for name in STATEMENTS)
    assert found in (0, 2)
    return found


def check_untouched(peer: DirectPeer) -> None:
    """No lock is left behind, and nothing that was not committed."""
    status = peer.order("status")
    assert status["lock"] is None and not status["candidate_modified"], status


def list_requests(peer: DirectPeer, state: str) -> list[str]:
    """The names of the RPCs of a run without fault; the peer is as new afterwards, with the statements where they are to go."""
    peer.begin_with()
    if state == "absent":
        assert run(peer)["changed"]
        peer.order("clear-log")
    assert run(peer, state=state)["changed"]
    return [row["rpc"] for row in peer.order("log", kind="rpc")]


def try_fault(peer: DirectPeer, style: str, state: str, kind: str) -> list[Cell]:
    """Try a kind of fault at each request; raise AssertionError where a cell is not right."""
    peer.pipelines = STYLES[style][1]
    names = list_requests(peer, state)
    assert names.count("commit-configuration") == 3 and names.count("lock-configuration") == 2, names
    cells = [_try_cell(peer, Cell(style, state, kind, number, name, "")) for number, name in enumerate(names, 1)]
    assert kind in HARMLESS or any(cell.outcome.startswith("failed") for cell in cells), "a fault that nothing notices is none"
    return cells


def _try_cell(peer: DirectPeer, cell: Cell) -> Cell:
    wanted = 2 if cell.state == "present" else 0
    peer.begin_with()
    if cell.state == "absent":
        run(peer)
    peer.fault(cell.kind, nth=cell.number)
    first = run(peer, state=cell.state)
    assert not peer.order("status")["faults"], f"{cell} was not met"
    now = count_statements(peer)
    check_untouched(peer)
    if first.get("failed"):
        assert len(first["msg"].splitlines()) == 1 or "rpc-error" not in first["msg"], cell
        outcome = f"failed, {'new' if now == wanted else 'old'} configuration"
    else:
        assert now == wanted and not peer.order("status")["pending"], cell
        outcome = "changed" if first["changed"] else "unchanged"
    again = run(peer, state=cell.state)
    assert not again.get("failed"), f"{cell}: {first.get('msg')} / {again['msg']}"
    assert count_statements(peer) == wanted and not peer.order("status")["pending"], cell
    peer.expire()
    assert count_statements(peer) == wanted, cell
    assert not run(peer, state=cell.state)["changed"], cell
    return dataclasses.replace(cell, outcome=outcome)


def main(path: str) -> int:
    """Write the table: for each fault and request how often a run ended how. The run fails with the first cell that is not right."""
    cells: list[Cell] = []
    for style, (compliant, _pipelined) in STYLES.items():
        with direct_peer(rfc_compliant=compliant) as peer:
            for found, state, kind in list_cases().values():
                if found == style:
                    cells += try_fault(peer, style, state, kind)
                    print(f"{style} {state} {kind}: {len(cells)} cells right", file=sys.stderr, flush=True)
    table: dict[str, dict[str, dict[str, int]]] = collections.defaultdict(lambda: collections.defaultdict(dict))
    for cell in cells:
        ends = table[cell.kind][cell.request]
        ends[cell.outcome] = ends.get(cell.outcome, 0) + 1
    pathlib.Path(path).write_text(json.dumps({"cells": len(cells), "wrong": 0, "styles": [*STYLES], "table": table}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
