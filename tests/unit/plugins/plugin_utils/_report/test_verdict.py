# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict: healthy only where everything is known to be well; a reth with a wrong MAC address is a risk (S13)."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import make_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.verdict import say_steps
from support.report_sites import READ_AT, RUN, Variables, finding, make_site

Sites = tuple[Variables, Variables]


def _seen(site: Sites) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", site[1]["vsrx1-node0"]["vsrx_cluster_seen"])


def _mismatch(site: Sites) -> None:
    _seen(site)["reths"][0].update(mac="00:10:db:ff:10:00", mac_is_active_ports=False)


def _trusted(site: Sites) -> None:
    _mismatch(site)
    site[0]["kvm1"]["sriov_host_preview"]["pfs"][0]["vfs"][0]["trust"] = True


def _virtual(site: Sites) -> None:
    _mismatch(site)
    site[1]["vsrx1-node0"]["vsrx_ports_map"][2]["sriov"] = False


def _silent(site: Sites) -> None:
    for node in ("vsrx1-node0", "vsrx1-node1"):
        site[1][node].update(vsrx_cluster_seen={"lost": True}, vsrx_cluster_refusal="it does not answer")


def _refused(site: Sites) -> None:
    site[1]["vsrx1-node0"].update(vsrx_ports_refusal="it runs")
    site[1]["vsrx1-node0"].pop("vsrx_ports_actions")


def _finding(site: Sites, severity: str = "error", **more: t.Any) -> None:
    site[1]["vsrx1-node0"].update(vsrx_cluster_findings=[finding("S4", severity, "ge-0/0/0")], **more)


#: what is so, the state, and what site would do
CASES: dict[str, tuple[t.Callable[[Sites], t.Any], str, str]] = {
    "all is well": (lambda site: None, "healthy", "site would change nothing"),
    "a reth is down": (lambda site: _seen(site)["reths"][1].update(up=False), "at_risk", "site would change nothing"),
    "a reth's state is not known": (lambda site: _seen(site)["reths"][1].update(up=None), "unknown", "site would change nothing"),
    "a reth with another MAC address": (_mismatch, "at_risk", "site would change nothing"),
    "the same on a trusted VF": (_trusted, "healthy", "site would change nothing"),
    "the same on a virtual NIC": (_virtual, "healthy", "site would change nothing"),
    "a MAC address that is not known": (
        lambda site: _seen(site)["reths"][0].update(mac_is_active_ports=None),
        "unknown",
        "site would change nothing",
    ),
    "a node is not healthy": (
        lambda site: _seen(site)["nodes"][1].update(healthy=False, reasons=["lost"]),
        "at_risk",
        "site would change nothing",
    ),
    "nothing answers": (_silent, "unknown", "site would stop: 2 errors"),
    "a restart is pending": (
        lambda site: (
            _seen(site).update(restart_required=True),
            [node.update(vsrx_cluster_restart="simultaneous") for node in site[1].values()],
        ),
        "pending",
        "site would take 1 step",
    ),
    "a rolling restart is pending": (lambda site: _seen(site).update(restart_required=True), "pending", "site would take 2 steps"),
    "a restart that may not be done": (
        lambda site: (_seen(site).update(restart_required=True), site[1]["vsrx1-node0"].update(vsrx_cluster_restart="never")),
        "pending",
        "site would change nothing",
    ),
    "whether one is pending is not known": (lambda site: _seen(site).pop("restart_required"), "unknown", "site would change nothing"),
    "ports that are refused": (_refused, "healthy", "site would stop: 1 error"),
    "a broken rule": (_finding, "at_risk", "site would change nothing"),
    "a broken rule that is accepted": (lambda site: _finding(site, vsrx_cluster_accept=["S4"]), "healthy", "site would change nothing"),
    "a warning": (lambda site: _finding(site, "warning"), "healthy", "site would change nothing"),
}


@pytest.mark.mission("S8", "S13")
@pytest.mark.parametrize("what", CASES)
def test_the_verdict(what: str) -> None:
    change, state, steps = CASES[what]
    site = make_site(1)
    change(site)
    made = make_document(*site, READ_AT, RUN)
    (cluster,) = made.clusters
    assert cluster.verdict.state == state, cluster.verdict
    assert say_steps(cluster.verdict) == steps
    assert bool(cluster.verdict.reasons) is (state != "healthy")
    assert made.verdict.state == state


def test_a_host_that_cannot_be_read_leaves_no_healthy_site() -> None:
    hosts, nodes = make_site(1)
    hosts["kvm9"] = {"sriov_host_preview": {"msg": "no route"}}
    made = make_document(hosts, nodes, READ_AT, RUN)
    assert (made.clusters[0].verdict.state, made.verdict.state, made.verdict.steps) == ("healthy", "unknown", None)
