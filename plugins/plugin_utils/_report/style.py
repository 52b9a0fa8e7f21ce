# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Colours and style of the page. The palettes are data, so that a test can prove their contrast."""

from __future__ import annotations

#: text on bg and card: 4.5:1; lines on bg and card: 3:1
TEXTS = ("fg", "dim", "good", "bad", "warn", "link")
LINES = ("edge", "pf", "vf", "junos", "good", "bad", "warn", "dim")
LIGHT = {
    "bg": "#ffffff",
    "card": "#f5f7fa",
    "rule": "#d3dae1",
    "fg": "#1f2933",
    "dim": "#52606d",
    "edge": "#7b8794",
    "link": "#1d4ed8",
    "pf": "#2563eb",
    "vf": "#15803d",
    "junos": "#b45309",
    "good": "#166534",
    "bad": "#b91c1c",
    "warn": "#92400e",
    "on-bad": "#ffffff",
}
DARK = {
    "bg": "#14181d",
    "card": "#1f262e",
    "rule": "#3e4c59",
    "fg": "#e4e7eb",
    "dim": "#a3afbb",
    "edge": "#7b8794",
    "link": "#93c5fd",
    "pf": "#60a5fa",
    "vf": "#4ade80",
    "junos": "#fbbf24",
    "good": "#4ade80",
    "bad": "#f87171",
    "warn": "#fbbf24",
    "on-bad": "#14181d",
}
PRINT = {**LIGHT, "card": "#ffffff", "fg": "#000000", "dim": "#444444", "edge": "#666666", "rule": "#999999"}


def _write_variables(palette: dict[str, str]) -> str:
    return "; ".join(f"--{name}: {value}" for name, value in palette.items())


_RULES = """
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; padding: 1.2rem; max-width: 78rem; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif;
  overflow-wrap: break-word }
.verdict, td, dd, .meta, h1, h2, h3 { overflow-wrap: anywhere } thead th { overflow-wrap: normal }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem }
p { margin: .5rem 0 }
a { color: var(--link) }
.skip { position: absolute; left: -99rem }
.skip:focus { position: static }
.dim, .meta { color: var(--dim) }
.good { color: var(--good) }
.bad { color: var(--bad) }
.warn { color: var(--warn) }
.unknown { color: var(--dim) }
code, .mono { font-family: ui-monospace, monospace; font-size: .92em }
.lines { white-space: pre-line }
.icon { display: inline-block; width: 1.05em; height: 1.05em; min-width: 0; vertical-align: -.16em; margin-right: .3em; background:
  none; fill: currentColor }
.word { font-weight: 600; white-space: nowrap }
.notice { border: 2px solid var(--warn); border-radius: 8px; padding: .5rem .8rem; margin: .8rem 0 }
ul.verdicts { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: .5rem }
.verdict { border: 1px solid var(--rule); border-left: 7px solid var(--dim); border-radius: 8px; background: var(--card); padding: .5rem
  .8rem }
.verdict.healthy { border-left-color: var(--good) }
.verdict.pending { border-left-color: var(--warn); border-left-style: double }
.verdict.at_risk { border-left-color: var(--bad) }
.verdict.unknown { border-left-style: dashed }
.verdict .top { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: baseline }
.verdict .name { font-weight: 700; font-size: 1.05rem }
.verdict ul { margin: .2rem 0 0; padding-left: 1.2rem }
.contents { margin: 1rem 0 }
.contents ul { list-style: none; margin: .3rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem }
.scroll { overflow-x: auto; border: 1px solid var(--rule); border-radius: 8px; margin: .6rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; padding: .4rem .7rem; color: var(--dim) }
th, td { min-width: 4.6em; text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--rule) }
tbody tr:last-child > * { border-bottom: 0 }
thead th { background: var(--card); font-weight: 600 }
tbody th { font-weight: 600 }
.mono, .keep { white-space: nowrap }
.group { border: 1px solid var(--rule); border-left: 7px solid var(--dim); border-radius: 8px; margin: .6rem 0; padding: .5rem .8rem }
.group h3 { margin: 0 0 .3rem }
.group.stops, .group.open { border-left-color: var(--bad) }
.group.open { border-left-style: double }
.group.warning { border-left-color: var(--warn); border-left-style: double }
.group.accepted, .group.cured { border-left-style: dashed; color: var(--dim) }
.group dl { margin: .3rem 0 .6rem; display: grid; grid-template-columns: 6.5rem 1fr; gap: .1rem .6rem }
.group dl + dl { border-top: 1px solid var(--rule); padding-top: .4rem }
.group dt { color: var(--dim) }
.group dd { margin: 0 }
.pills { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center }
.pill { border: 2px solid currentColor; border-radius: 9px; padding: 0 .45rem; font-weight: 600; font-size: .85rem; text-decoration:
  none; white-space: nowrap }
.pill.error { border-radius: 0; color: var(--bad) }
.pill.warning { color: var(--warn) }
.pill.accepted { color: var(--dim); border-style: dashed }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .4rem 0; padding: 0; list-style: none; font-size: .85rem; color:
  var(--dim) }
.legend svg { display: inline-block; width: 44px; height: 16px; min-width: 0; vertical-align: -.2em; margin-right: .4em; background:
  none }
.drawing { display: block; min-width: 900px; width: 100%; height: auto; background: var(--card) }
svg text { fill: var(--fg); font-size: 13px }
svg .dim { fill: var(--dim); font-size: 11.5px }
svg .mono { font-size: 11.5px }
svg .h { font-weight: 600 }
svg .s { font-size: 11.5px }
svg .bad { fill: var(--bad) }
svg .good { fill: var(--good) }
svg rect { fill: var(--bg); stroke: var(--edge); stroke-width: 1.5 }
svg .pf { stroke: var(--pf) }
svg .vf { stroke: var(--vf) }
svg .junos { stroke: var(--junos) }
svg .zone { fill: none; stroke: var(--edge); stroke-dasharray: 4 4 }
svg rect.down { stroke: var(--bad); stroke-width: 3; stroke-dasharray: 8 4 }
.drawing path, .legend path { fill: none; stroke-width: 2; stroke: var(--vf) }
svg path.member { stroke: var(--junos) }
svg path.standby { stroke-dasharray: 5 5 }
svg path.virtual { stroke: var(--edge) }
svg path.broken { stroke: var(--bad); stroke-dasharray: 2 6 }
svg path.cross { stroke: var(--bad); stroke-width: 3 }
svg .mark text { font-size: 11px; font-weight: 700; text-anchor: middle }
svg .mark.error polygon { fill: var(--bad) }
svg .mark.error text { fill: var(--on-bad) }
svg .mark.warning rect { stroke: var(--warn); stroke-width: 2 }
svg .mark.warning text { fill: var(--warn) }
svg .mark.accepted rect { stroke: var(--dim); stroke-dasharray: 3 2 }
svg .mark.accepted text { fill: var(--dim) }
.rules dt { font-weight: 600 }
.rules dd { margin: 0 0 .5rem }
footer { margin-top: 2rem; color: var(--dim); font-size: .85rem }
"""
_SIDE = """
@media (min-width: 900px) {
  .verdicts .top { display: grid; grid-template-columns: 12rem 11rem 17rem minmax(0, 1fr) }
}
@media (min-width: 1200px) {
  body.long { max-width: 96rem; display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 0 1.5rem }
  body.long header, body.long footer { grid-column: 1 / 3 }
  body.long .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto }
  body.long .contents ul { display: block }
}
"""
_PHONE = """
@media (max-width: 640px) {
  body { padding: .8rem }
  .drawn { display: none }
  .group dl { grid-template-columns: 1fr }
  .group dt { margin-top: .2rem }
  thead { position: absolute; left: -99rem }
  table, caption, tbody, tr, th, td { display: block }
  tbody tr { padding: .5rem .2rem; border-bottom: 1px solid var(--rule) }
  tbody tr:last-child { border-bottom: 0 }
  th, td, tbody th { min-width: 0; border: 0; padding: .1rem .6rem; white-space: normal }
  td { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .6rem }
  td::before { content: attr(data-label); color: var(--dim) }
  td.empty { display: none }
  .mono, .keep, .word { white-space: normal }
}
"""
_PAPER = """
@media print {
  :root { color-scheme: light; %s }
  html { font-size: 11px }
  body, body.long { display: block; max-width: none; padding: 0; font-size: 11px }
  .contents, .skip { display: none }
  .scroll { overflow: visible; border: 0 }
  .drawing { min-width: 0; break-inside: avoid }
  h2, h3, caption { break-after: avoid }
  tr, .group, .verdict { break-inside: avoid }
  thead { display: table-header-group }
  th, td { padding: .15rem .4rem }
  a { color: inherit; text-decoration: none }
  .rules a::after { content: ' (' attr(href) ')' }
}
"""


def make_style() -> str:
    return (
        f":root {{ color-scheme: light dark; {_write_variables(LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_write_variables(DARK)} }} }}"
        + _RULES
        + _SIDE
        + _PHONE
        + _PAPER % _write_variables(PRINT)
    )
