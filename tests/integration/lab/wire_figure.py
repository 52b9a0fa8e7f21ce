# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure of a reth's MAC address on the wire, drawn from what wire.py saw: `make figure` writes docs/images/mac-on-the-wire.svg."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
FIGURE = HERE.parents[2] / "docs" / "images" / "mac-on-the-wire.svg"
WIDTH = 760
NODE0, NEIGHBOUR, NODE1 = 120, 380, 640
LEFT, RIGHT = (NODE0 + NEIGHBOUR) / 2, (NEIGHBOUR + NODE1) / 2  # between the lines, for words
STYLE = """
    .page { fill: #ffffff; stroke: #cbd2d9 } .node { fill: #fef3c7; stroke: #d97706 } .peer { fill: #dbeafe; stroke: #2563eb }
    .band { fill: #f4f6f8 } .life { stroke: #9aa5b1; stroke-dasharray: 3 4 } text { fill: #1f2933; text-anchor: middle }
    .h { font-weight: 600 } .left { text-anchor: start } .dim { fill: #52606d }
    .mono { font-family: ui-monospace, monospace; font-size: 12px }
    .yes { stroke: #15803d; stroke-width: 2; fill: none } .no { stroke: #b91c1c; stroke-width: 2; fill: none }
    text.yes { fill: #15803d; stroke: none } text.no { fill: #b91c1c; stroke: none }
    @media (prefers-color-scheme: dark) {
      .page { fill: #14181d; stroke: #3e4c59 } .node { fill: #3b2f0b; stroke: #d97706 } .peer { fill: #14294d; stroke: #60a5fa }
      .band { fill: #1f2731 } .life { stroke: #7b8794 } text { fill: #e4e7eb } .dim { fill: #b0bac5 }
      .yes { stroke: #4ade80 } .no { stroke: #f87171 } text.yes { fill: #4ade80 } text.no { fill: #f87171 }
    }"""


class Drawing:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = 0

    def text(self, x: float, y: float, words: str, style: str = "") -> None:
        self.parts.append(f'<text class="{style}" x="{x:g}" y="{y:g}">{escape(words)}</text>')

    def head(self, x: int, style: str, name: str, *lines: str) -> None:
        self.parts.append(f'<rect class="{style}" x="{x - 105}" y="16" width="210" height="66" rx="6"/>')
        self.text(x, 36, name, "h")
        for number, line in enumerate(lines):
            self.text(x, 54 + 18 * number, line, "mono" if ":" in line else "dim")

    def band(self, title: str) -> None:
        self.y += 22
        self.parts.append(f'<rect class="band" x="8" y="{self.y}" width="{WIDTH - 16}" height="26" rx="4"/>')
        self.text(20, self.y + 18, title, "h left")
        self.y += 26

    def arrow(self, start: int, end: int, words: str, outcome: str, good: bool, arrives: bool) -> None:
        """What was sent, over the arrow, and what came of it, under it; where nothing arrives the arrow ends in a cross."""
        self.y += 48
        way, style = (1 if end > start else -1), ("yes" if good else "no")
        tip = end - 4 * way if arrives else end - 34 * way
        self.parts.append(f'<path class="{style}" d="M{start + 4 * way} {self.y}H{tip}"/>')
        if arrives:
            self.parts.append(f'<path class="{style}" d="M{tip - 8 * way} {self.y - 5}L{tip} {self.y}L{tip - 8 * way} {self.y + 5}"/>')
        else:
            self.parts.append(f'<path class="{style}" d="M{tip - 6} {self.y - 6}l12 12m0 -12l-12 12"/>')
        middle = (start + end) / 2
        self.text(middle, self.y - 9, words)
        self.text(middle, self.y + 18, outcome, style)
        self.y += 18

    def beside(self, x: float, what: str, found: str, style: str = "mono") -> None:
        """Words on the free side of the last arrow."""
        self.text(x, self.y - 22, what, "dim")
        self.text(x, self.y - 4, found, style)

    def page(self, title: str, description: str) -> str:
        height = self.y + 16
        lines = [f'<path class="life" d="M{x} 82V{height - 84}"/>' for x in (NODE0, NEIGHBOUR, NODE1)]
        return (
            "\n  ".join(
                [
                    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc"'
                    ' font-family="system-ui, sans-serif" font-size="13">',
                    f'<title id="title">{escape(title)}</title>',
                    f'<desc id="desc">{escape(description)}</desc>',
                    f"<style>{STYLE}\n  </style>",
                    f'<rect class="page" x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="10"/>',
                    *lines,
                    *self.parts,
                ]
            )
            + "\n</svg>\n"
        )


def of(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def pinged(ping: dict[str, Any], node: str) -> tuple[str, bool, bool]:
    came = ping["requests_at"][node]
    return f"{of(came, ping['sent'])} came, {ping['answered']} answered", ping["answered"] > 0, came > 0


def spoof(output: dict[str, Any]) -> str:
    return "on" if output["vfs"][0]["spoof_check"] else "off"


def draw(output: dict[str, Any]) -> str:
    macs, address, virtual = output["macs"], output["address"], output["virtual"]
    trust = {vf["mac"]: "trust on" if vf["trust"] else "trust off" for vf in output["vfs"]}
    page = Drawing()
    for x, name, title in ((NODE0, "node0", "VF of node 0"), (NODE1, "node1", "VF of node 1")):
        page.head(x, "node", title, macs[name], f"address pinned, {trust[macs[name]]}")
    page.head(NEIGHBOUR, "peer", "A neighbour", macs["neighbour"], f"wants to reach {address}")
    page.y = 82

    page.band("1  Node 0 holds the address with the reth's virtual MAC address")
    change, frames, ping = output["change"], output["virtual_in"], output["virtual_ping"]
    outcome = f"{of(frames['came'], frames['sent'])} came"
    page.arrow(NEIGHBOUR, NODE0, f"frames to {virtual}", outcome, frames["came"] > 0, frames["came"] > 0)
    said = change["said"].removeprefix("RTNETLINK answers: ") if change["status"] else "taken"
    page.beside(RIGHT, "node 0 gives its VF that address", said, "no" if change["status"] else "yes")
    page.arrow(NEIGHBOUR, NODE0, "ping", *pinged(ping, "node0"))

    page.band("2  Node 0 holds it with the VF's actual MAC address")
    page.arrow(NEIGHBOUR, NODE0, "ping", *pinged(output["own_ping"], "node0"))
    page.beside(RIGHT, "the neighbour has cached", output["own_ping"]["cached"])

    page.band("3  Failover: node 1 has the address now, and has said nothing yet")
    page.arrow(NEIGHBOUR, NODE0, "ping", *pinged(output["moved"], "node0"))
    page.beside(RIGHT, "the neighbour still has", output["moved"]["cached"])

    page.band("4  Node 1 sends its gratuitous ARP")
    announced = output["announced"]
    page.arrow(
        NODE1, NEIGHBOUR, "gratuitous ARP", f"{announced['gratuitous']} came", announced["gratuitous"] > 0, announced["gratuitous"] > 0
    )
    page.beside(LEFT, "the neighbour has now", announced["cached_at_once"])
    page.arrow(NEIGHBOUR, NODE1, "ping", *pinged(announced, "node1"))

    page.y += 34
    trusted, out = output["trusted"]["in"], output["virtual_out"]
    page.text(
        20,
        page.y,
        f"Counter-test: once the host trusts node 0's VF, {of(trusted['came'], trusted['sent'])} frames to {virtual} come.",
        "dim left",
    )
    page.text(
        20,
        page.y + 20,
        f"The other way: {of(out['came'], out['sent'])} frames from {virtual} come, with the PF's spoof checking {spoof(output)}.",
        "dim left",
    )
    if out["came"]:
        page.text(20, page.y + 40, "That check is there to drop them; the emulated NIC does not carry it out.", "dim left")
    page.y += 40
    return page.page(
        "Why a cluster with trust mode off needs the actual MAC addresses",
        f"Seen on the virtual SR-IOV host. Frames to the virtual address: {outcome}. With the actual address the neighbour reaches node 0;"
        " after a failover it reaches node 1 only once that has sent a gratuitous ARP.",
    )


def main() -> None:
    from lab import hosts

    machine = hosts.reset(os.environ.get("VSRX_LAB_HOST", "host1"))
    output = json.loads(machine.ssh.check("python3", "-", input=(HERE / "wire.py").read_text(encoding="utf-8")))
    FIGURE.write_text(draw(output), encoding="utf-8")
    print(f"{FIGURE}: drawn from what was seen on {machine.name}")


if __name__ == "__main__":
    main()
