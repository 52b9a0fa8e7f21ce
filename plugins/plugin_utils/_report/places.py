# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which object a finding is about, for views that show it there. Objects are found by whole words; no pattern is made of a name."""

from __future__ import annotations

import collections.abc
import re
import typing as t

from .model import Document, Finding

_WORD = re.compile(r"[\w./:-]+")
#: the findings on a host, node or cluster by an object of theirs; those about none of its objects are under ""
Marks = collections.abc.Mapping[tuple[str, str], list[Finding]]


def place_findings(document: Document) -> Marks:
    objects = _objects(document)
    marks: dict[tuple[str, str], list[Finding]] = {}
    for finding in document.findings:
        words = dict.fromkeys(_WORD.findall(finding.where))
        at = [word for word in words if (finding.on, word) in objects] or [""]
        for word in at:
            marks.setdefault((finding.on, word), []).append(finding)
    return marks


def name_anchors(prefix: str, names: t.Iterable[str]) -> dict[str, str]:
    """An id for each name; the same in every report of the site, and never two alike."""
    anchors: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        plain = anchor = f"{prefix}-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'unnamed'}"[:80]
        number = 2
        while anchor in used:
            anchor, number = f"{plain}-{number}", number + 1
        used.add(anchor)
        anchors[name] = anchor
    return anchors


def _objects(document: Document) -> set[tuple[str, str]]:
    objects = {(host.name, word) for host in document.hosts for pf in host.pfs for word in (pf.pf, pf.address) if word}
    for cluster in document.clusters:
        objects |= {(cluster.name, reth.name) for reth in cluster.reths}
        objects |= {(cluster.name, port.junos_interface) for node in cluster.nodes for port in node.ports if port.junos_interface}
    for node in [each for cluster in document.clusters for each in cluster.nodes] + list(document.standalone):
        objects |= {(node.name, word) for port in node.ports for word in (port.junos_interface, port.vf) if word}
    return objects
