# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drawing of a cluster: PF, VF, guest address, Junos interface and reth, with what is wrong at the object that it is about."""

from __future__ import annotations

import typing as t

from .findings import Marks
from .markup import Child, Markup, tag
from .model import Cluster, Node, Port, Reth
from .signs import draw_marks
from .words import MODES, say_match, say_up, say_vlans, shorten

_ROW = 58
_TOP = 66
_BOX = 42
_RETH = 74
_WIDTH = 1000
_RETH_AT = 774
#: reths that are drawn; the table has all of them
_MOST_RETHS = 40
#: the heights of a reth's lines, and whether each is of the active port
_Ends = list[tuple[int, bool]]


def draw_cluster(cluster: Cluster, marks: Marks) -> Markup:
    parts: list[Child] = [_draw_heads()]
    ends: dict[str, _Ends] = {}
    active = {(reth.active_node, reth.active_port) for reth in cluster.reths}
    y = _TOP
    for node in cluster.nodes:
        parts.append(_draw_node(node, y, marks))
        for number, port in enumerate(node.ports):
            at = y + 8 + number * _ROW
            parts.append(_draw_port(node, port, at, marks))
            if port.reth:
                ends.setdefault(port.reth, []).append((at + _BOX // 2, (node.re_name, port.junos_interface) in active))
        y += _ROW * len(node.ports) + 50
    below = 0
    for reth in [each for each in cluster.reths if each.name in ends][:_MOST_RETHS]:
        at = max(sum(end for end, _active in ends[reth.name]) // len(ends[reth.name]) - _RETH // 2, below, 36)
        below = at + _RETH + 14
        parts.append(_draw_reth(cluster, reth, at, ends[reth.name], marks))
    height = max(y - 16, below)
    words = f"Ports of cluster {cluster.name}; the tables below say the same"
    return tag("svg", parts, class_="drawing", viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=words)


def _draw_text(x: int, y: int, words: str, class_: t.Optional[str] = None, longest: int = 60) -> Markup:
    short = shorten(words, longest)
    return tag("text", short, tag("title", words) if short != words else None, x=x, y=y, class_=class_)


def _draw_box(x: int, y: int, width: int, height: int, class_: t.Optional[str] = None) -> Markup:
    return tag("rect", x=x, y=y, width=width, height=height, rx=6, class_=class_)


def _draw_heads() -> list[Child]:
    heads = ((24, "physical function"), (184, "virtual function"), (410, "guest PCI address"), (590, "Junos interface"), (_RETH_AT, "reth"))
    return [_draw_text(x, 24, words, "dim") for x, words in heads]


def _draw_node(node: Node, y: int, marks: Marks) -> list[Child]:
    """The frame around a node's ports, and its line."""
    primary = f", primary of group {', '.join(map(str, node.primary_of))}" if node.primary_of else ""
    about = f"on {node.host}, domain {node.domain}{primary}; MAC mode {MODES[node.in_force]}"
    name = shorten(node.name, 26)
    line = tag(
        "text",
        tag("tspan", name, class_="h"),
        tag("tspan", shorten(about, (670 - 8 * len(name)) // 7), class_="dim", dx=12),
        tag("title", f"{node.name} {about}"),
        x=24,
        y=y - 6,
    )
    height = _ROW * len(node.ports) + 36
    return [_draw_box(12, y - 26, 712, height, "zone"), line, draw_marks(marks.get((node.name, ""), ()), 712, y - 26)]


def _draw_port(node: Node, port: Port, y: int, marks: Marks) -> list[Child]:
    middle = y + _BOX // 2
    parts: list[Child] = []
    if port.sriov:
        found = [*marks.get((node.host, port.pf or ""), ())] if port.pf else []
        there = port.vf_exists is not False
        parts += [
            _draw_box(24, y, 138, _BOX, "pf"),
            _draw_text(34, y + 18, port.pf or "", "h" if len(port.pf or "") < 13 else "h s", 16),
            _draw_text(34, y + 34, port.pf_address or "", "dim", 18),
        ]
        parts += [tag("path", d=f"M162 {middle}H184", class_=None if there else "broken")]
        number = "?" if port.index is None else str(port.index)
        vf = f"VF {number}: {port.vf or 'not known'}"
        parts += [_draw_box(184, y, 180, _BOX, "vf" if there else "vf down"), _draw_text(194, y + 18, vf, None, 24)]
        parts += [_draw_text(194, y + 34, port.mac or "MAC not fixed", "dim mono", 20), tag("path", d=f"M364 {middle}H410")]
        parts += [draw_marks(found, 158, y), draw_marks(marks.get((node.name, port.vf or "-"), ()), 360, y)]
    else:
        parts += [_draw_text(184, y + 18, "virtual NIC", "dim"), _draw_text(184, y + 34, port.mac or "", "dim mono", 20)]
    parts += [_draw_box(410, y, 134, _BOX), _draw_text(420, y + 18, port.guest_address or "not fixed", "s mono", 15)]
    parts += [_draw_text(420, y + 34, f"position {'?' if port.position is None else port.position}", "dim")]
    parts += [tag("path", d=f"M544 {middle}H590", class_=None if port.sriov else "virtual")]
    parts += [_draw_box(590, y, 124, _BOX, "junos"), _draw_text(600, y + 26, port.junos_interface or "not known", "h", 13)]
    if port.junos_interface:
        parts.append(draw_marks(marks.get((node.name, port.junos_interface), ()), 710, y))
    return parts


def _draw_reth(cluster: Cluster, reth: Reth, y: int, ends: _Ends, marks: Marks) -> list[Child]:
    middle = y + _RETH // 2
    parts: list[Child] = [_draw_line(end, active, middle, reth) for end, active in ends]
    down = reth.up is False
    parts.append(_draw_box(_RETH_AT, y, _WIDTH - _RETH_AT - 8, _RETH, "junos down" if down else "junos"))
    group = "no group" if reth.redundancy_group is None else f"group {reth.redundancy_group}"
    title = tag("text", tag("tspan", shorten(reth.name, 9), class_="h"), tag("tspan", group, class_="dim", dx=8), x=_RETH_AT + 10, y=y + 18)
    state = "bad s h" if down else "s" if reth.up is None else "good s h"
    parts += [
        title,
        _draw_text(_RETH_AT + 148, y + 18, f"{_choose_sign(reth.up)} {say_up(reth.up)}" if reth.up is not None else "? unknown", state),
    ]
    parts += [_draw_text(_RETH_AT + 10, y + 34, reth.mac or "MAC not known", "s mono", 20)]
    matched = reth.mac_is_active_ports
    class_ = {True: "good s", False: "bad s h", None: "dim"}[matched]
    parts += [_draw_text(_RETH_AT + 10, y + 50, f"{_choose_sign(matched)} {_describe_match(reth)}", class_, 32)]
    parts += [_draw_text(_RETH_AT + 10, y + 66, say_vlans(reth.vlans), "dim")]
    return [*parts, draw_marks(marks.get((cluster.name, reth.name), ()), _WIDTH - 14, y)]


def _describe_match(reth: Reth) -> str:
    if reth.mac_is_active_ports is False:
        return f"MAC differs from {reth.active_port or 'its port'}"
    return f"MAC {say_match(reth)}" if reth.mac_is_active_ports else say_match(reth)


def _choose_sign(value: t.Optional[bool]) -> str:
    """A tick, a cross, or a question mark."""
    return {True: "\N{CHECK MARK}", False: "\N{MULTIPLICATION X}", None: "?"}[value]


def _draw_line(end: int, active: bool, middle: int, reth: Reth) -> list[Child]:
    """From the port to the reth. The line of a port that carries nothing, since the reth is down, is broken and has a cross."""
    broken = active and reth.up is False
    class_ = "member broken" if broken else "member" if active else "member standby"
    parts: list[Child] = [tag("path", d=f"M714 {end}C748 {end} 740 {middle} {_RETH_AT} {middle}", class_=class_)]
    if broken:
        x, y = 744, (end + middle) // 2
        parts.append(tag("path", d=f"M{x - 6} {y - 6}L{x + 6} {y + 6}M{x + 6} {y - 6}L{x - 6} {y + 6}", class_="cross"))
    return parts
