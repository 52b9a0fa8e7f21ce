# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a cluster on two hosts, light and dark, from the inventory of two hosts: docs/images/overview*.svg."""

from __future__ import annotations

import pathlib
import typing as t

import yaml

TOP = pathlib.Path(__file__).parents[3]
INVENTORY = TOP / "playbooks/inventory.two_hosts.yml"
#: what libvirt's q35 machine gives to the two ports behind three virtio NICs
GUEST = ("0000:04:00.0", "0000:05:00.0")
LIGHT = {
    "page": "#ffffff", "edge": "#57606a", "text": "#1f2933", "dim": "#4b5763", "host": "#f4f6f8", "card": "#ffffff",
    "pf": "#dbeafe", "pfline": "#1d4ed8", "vf": "#dcfce7", "vfline": "#15803d", "junos": "#fef3c7", "junosline": "#b45309",
}  # fmt: skip
DARK = {
    "page": "#0d1117", "edge": "#8b949e", "text": "#e6edf3", "dim": "#b1bac4", "host": "#161b22", "card": "#0d1117",
    "pf": "#172554", "pfline": "#60a5fa", "vf": "#052e16", "vfline": "#4ade80", "junos": "#3b2503", "junosline": "#fbbf24",
}  # fmt: skip
STYLE = """
.page {{ fill: {page}; stroke: {edge} }} .host {{ fill: {host}; stroke: {edge} }}
.card {{ fill: {card}; stroke: {edge} }}
.pf {{ fill: {pf}; stroke: {pfline} }} .vf {{ fill: {vf}; stroke: {vfline} }} .junos {{ fill: {junos}; stroke: {junosline} }}
rect {{ stroke-width: 1.5 }} text {{ fill: {text} }} .dim {{ fill: {dim} }} .h {{ font-weight: 600 }}
.mono {{ font-family: ui-monospace, monospace }}
path {{ fill: none; stroke-width: 2.2 }} .wire {{ stroke: {vfline} }} .member {{ stroke: {junosline} }}
.link {{ stroke: {edge}; stroke-dasharray: 5 4 }}
"""


def _box(kind: str, x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _text(x: int, y: int, words: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{words}</text>'


def _node(y: int, number: int, node: dict[str, t.Any]) -> list[str]:
    slot = 7 * number
    parts = [_box("host", 20, y, 600, 208), _text(36, y + 26, f"KVM host {node['vsrx_host']}", "h")]
    parts += [_box("card", 400, y + 40, 204, 152), _text(414, y + 62, f"domain {node['vsrx_domain']}", "h")]
    parts += [_text(414, y + 86, "virtio: fxp0, em0 (control),", "dim s"), _text(414, y + 104, f"ge-{slot}/0/0 (fabric)", "dim s")]
    for index, port in enumerate(node["vsrx_ports"]):
        top = y + 44 + 78 * index
        end = y + 134 + 34 * index
        parts += [_box("pf", 36, top, 100, 62), _text(50, top + 26, f"PF {port['pf']}", "h"), _text(50, top + 46, "SR-IOV", "dim")]
        parts += [
            _box("vf", 172, top, 176, 62),
            _text(186, top + 26, f"VF {port['index']}", "h"),
            _text(186, top + 46, port["mac"], "dim mono"),
        ]
        parts += [f'<path class="wire" d="M136 {top + 31}H172M348 {top + 31}C376 {top + 31} 376 {end - 5} 408 {end - 5}"/>']
        parts += [_text(414, end, f"ge-{slot}/0/{index + 1}", "h mono"), _text(499, end, GUEST[index], "dim mono s")]
    return parts


def _members(y: int, number: int) -> list[str]:
    ends = [(y + 129 + 34 * index, 140 + 110 * index + 26 * number) for index in range(2)]
    return [f'<path class="member" d="M604 {start}C660 {start} 636 {end} 688 {end}"/>' for start, end in ends]


def draw(colours: dict[str, str]) -> str:
    nodes = yaml.safe_load(INVENTORY.read_text())["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]["hosts"]
    parts = [_box("page", 1, 1, 938, 486)]
    for number, node in enumerate(nodes.values()):
        parts += _node(20 + 238 * number, number, node)
    parts += ['<path class="link" d="M502 228V258"/>', _text(340, 248, "control and fabric link", "dim")]
    parts += [_box("junos", 670, 60, 250, 376), _text(688, 90, "Junos chassis cluster", "h")]
    for index in range(2):
        y = 112 + 110 * index
        parts += [_box("card", 688, y, 214, 82), _text(702, y + 26, f"reth{index}", "h mono")]
        parts += [
            _text(702, y + 48, f"ge-0/0/{index + 1} and ge-7/0/{index + 1}", "dim"),
            _text(702, y + 68, "MAC of the active port", "dim"),
        ]
    parts += [each for number in range(2) for each in _members(20 + 238 * number, number)]
    parts += [_text(688, 346, "use-active-child-mac-on-reth", "mono s"), _text(688, 366, "use-actual-mac-on-physical-", "mono s")]
    parts += [_text(688, 382, "interfaces", "mono s"), _text(688, 412, "both statements, trust mode disabled", "dim s")]
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 940 488" role="img" aria-labelledby="title desc" '
        'font-family="system-ui, sans-serif" font-size="14">\n'
        '<title id="title">A vSRX cluster on the SR-IOV ports of two KVM hosts</title>\n'
        '<desc id="desc">On each host a virtual function of the physical functions eno2 and eno3 becomes a port of a vSRX domain. In Junos '
        "ge-0/0/1 and ge-7/0/1 form reth0, ge-0/0/2 and ge-7/0/2 form reth1. A reth has the MAC address of its active port.</desc>\n"
    )
    style = STYLE.format(**colours) + ".s { font-size: 12.5px }\n"
    return f"{head}<style>{style}</style>\n" + "\n".join(parts) + "\n</svg>\n"


PICTURES = {"overview.svg": LIGHT, "overview-dark.svg": DARK}

if __name__ == "__main__":
    for file, colours in PICTURES.items():
        (TOP / "docs/images" / file).write_text(draw(colours))
