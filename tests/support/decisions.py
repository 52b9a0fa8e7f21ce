# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection decides over many domains, hosts, clusters and sites, without the words in which it says so.

``python -m support.decisions`` prints one JSON object: the decisions of each case, and every text that was said.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import importlib
import json
import pathlib
import re
import sys
import tempfile
import typing as t

from ansible_collections.vsrx.sriov.plugins.filter.report_document import report_document
from ansible_collections.vsrx.sriov.plugins.filter.report_view import report_view
from ansible_collections.vsrx.sriov.plugins.filter.site_summary import site_summary
from ansible_collections.vsrx.sriov.plugins.filter.site_turns import site_turns
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs, iproute, process, reader, vf_user_reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot.unit import Store
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.module import Options, configure
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.request import parse

from .domain_shapes import SHAPES, plan, vf, xml_of
from .fake_host import FakeHost, FakeIp
from .report_sites import READ_AT, RUN, make_bad_site, make_long_site, make_pending_site, make_site

TOP = pathlib.Path(__file__).parents[1]
MAC = "02:5a:00:00:00:01"


#: of the run, not of what is decided
_TIMES = ("booted_at", "commit", "msg")


class Decisions:
    """Values without their words, and the words."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def strip(self, value: t.Any) -> t.Any:
        """The same with every text for people as how many of them there are in a row; names, numbers and markup stay."""
        if isinstance(value, enum.Enum):
            return value.name
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: self.strip(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if isinstance(value, dict):
            return {str(self.strip(key)): self.strip(each) for key, each in value.items() if key not in _TIMES}
        if isinstance(value, (list, tuple)):
            return [self.strip(each) for each in value]
        if isinstance(value, (set, frozenset)):
            return sorted(str(self.strip(each)) for each in value)
        if isinstance(value, str) and " " in value and "<" not in value:
            self.texts.add(value)
            return "TEXT"
        return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__

    def of(self, act: t.Callable[[], t.Any]) -> t.Any:
        """What came of it: the value, or the kind of refusal with its findings."""
        try:
            return self.strip(act())
        except VsrxError as failure:
            self.texts.add(failure.message)
            found = sorted([finding.id, finding.severity.value] for finding in failure.findings)
            return {
                "refused": type(failure).__name__,
                "reasons": failure.message.count("\n"),
                "findings": found,
                **self.strip(failure.facts),
            }


# domains

PORTS: dict[str, list[dict[str, t.Any]]] = {
    "one": [{"vf": vf(0)}],
    "two": [{"vf": vf(0), "mac": MAC, "vlan": 100}, {"pf": "ens1f1", "index": 1}],
    "in place": [{"pf": "ens1f0", "index": 3, "junos_interface": "ge-0/0/0"}],
    "twice": [{"vf": vf(0)}, {"vf": vf(0)}],
    "an address": [{"vf": vf(0), "guest_address": "0000:00:1f.0"}, {"vf": vf(1), "guest_address": "0000:00:1e.7"}],
    "no PF": [{"pf": "eno9", "index": 0}],
    "attributes": [{"vf": vf(2), "trust": True, "spoofchk": False, "link_state": "enable"}],
    "none": [],
}
WAYS: dict[str, dict[str, t.Any]] = {
    "off": {},
    "exclusive": {"exclusive": True, "cluster_node": 1},
    "absent": {"state": "absent"},
    "running": {"power": "refuse", "domain": {"active": True}},
    "cycled": {"power": "cycle", "domain": {"active": True}, "cluster_node": 0},
    "live": {"power": "live", "domain": {"active": True}, "cluster_node": 0},
    "saved": {"domain": {"has_managed_save": True}},
    "snapshots": {"domain": {"snapshots": 2}},
}


def users() -> list[tuple[VfUser, ...]]:
    """Nothing uses the first VF, or one of each kind does."""
    return [(), *((VfUser(kind, "other", "running, in some form", True, "another", vf(0), MAC),) for kind in UserKind)]


def decide_domains(decisions: Decisions) -> t.Iterator[tuple[str, t.Any]]:
    for shape in SHAPES[::3]:
        for ports in PORTS:
            for way in WAYS:
                given = _options(way, shape)
                yield f"{shape}, {ports}, {way}", decisions.of(functools.partial(plan, xml_of(shape), PORTS[ports], **given))
    for number, used in enumerate(users()):
        for way in WAYS:
            given = _options(way, "q35-virtio-two")
            yield f"user {number}, {way}", decisions.of(functools.partial(plan, xml_of("q35-virtio-two"), PORTS["two"], used, **given))


def _options(way: str, shape: str) -> dict[str, t.Any]:
    changes = dict(WAYS[way].get("domain", {}))
    if changes.get("active"):
        changes["live_xml"] = xml_of(shape)
    return {**WAYS[way], "domain": changes}


# hosts

REQUESTS: dict[str, list[dict[str, t.Any]]] = {
    "two VFs": [{"pf": "eno2", "num_vfs": 2, "up": True, "mtu": 9000, "vfs": [{"vf": 0, "mac": MAC, "vlan": 100}]}],
    "too many": [{"pf": "eno2", "num_vfs": 9999}],
    "none": [{"pf": "eno2", "num_vfs": 0}],
    "down": [{"pf": "eno2", "num_vfs": 1, "up": False}],
    "not there": [{"pf": "eno7", "num_vfs": 1}],
    "rates": [{"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "max_tx_rate": 50000}]}],
    "the same MAC": [{"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, "mac": MAC}, {"vf": 1, "mac": MAC}]}],
}
#: what the kernel of the host does to a write
RULES = ("", "errno EINVAL", "busy EBUSY 99", "partial", "silent 2", "bnxt")
#: attributes that its driver refuses
REFUSED = ("", "mac", "max_tx_rate")


def decide_hosts(decisions: Decisions) -> t.Iterator[tuple[str, t.Any]]:
    cases = [(rules, "", ()) for rules in RULES] + [("", refused, ()) for refused in REFUSED[1:]] + [("", "", used) for used in users()[1:]]
    for rules, refused, used in cases:
        for name, request in REQUESTS.items():
            with tempfile.TemporaryDirectory() as folder:
                what = f"{name}, {rules} {refused} {used[0].kind.name if used else ''}"
                yield what, _decide_host(decisions, FakeHost(pathlib.Path(folder)), request, rules, refused, used)


def _decide_host(
    decisions: Decisions, host: FakeHost, request: list[dict[str, t.Any]], rules: str, refused: str, used: tuple[VfUser, ...]
) -> t.Any:
    """The request twice and the removal of all VFs, each as a preview and for real; then what was written."""
    host.pf()
    host.systemd()
    fs.write_file = host.put
    reader.read_libvirt_users = lambda: [dataclasses.replace(each, address="0000:83:02.0") for each in used]
    if rules:
        (host.devices / "0000:83:00.0" / "rules").write_text(rules)
    access = HostAccess(host.fs, Ip(FakeIp(host, refuses=[refused])))

    def run(requested: list[dict[str, t.Any]], check: bool) -> t.Any:
        lock = HostLock(str(host.root / "lock"), 0.2)
        return configure(Options(tuple(parse(requested)), None), check=check, access=access, store=Store(str(host.root)), lock=lock)

    tries = [(requested, check) for requested in (request, request, [{"pf": "eno2", "num_vfs": 0}]) for check in (True, False)]
    return [[decisions.of(functools.partial(run, requested, check)) for requested, check in tries], host.writes()]


# clusters


#: what is wrong with the cluster
FAULTS: dict[str, dict[str, t.Any]] = {
    "": {},
    "dirty": {"xml": "<system><host-name>x</host-name></system>"},
    "monitor-failure": {"node": 1, "codes": "IF"},
    "becomes": {"node": 1},
    "commit-refused": {},
    "lock-held": {},
}


def decide_clusters(decisions: Decisions) -> t.Iterator[tuple[str, t.Any]]:
    sys.path.insert(0, str(TOP / "integration/peer"))
    work = importlib.import_module("direct_work")
    secrets = importlib.import_module("test_secrets")
    direct = importlib.import_module("junos_peer.direct")
    configurations = {"plain": secrets.CLUSTER, "full": secrets.planted()}
    with direct.direct_peer() as peer:
        for name, configuration in configurations.items():
            for state in ("present", "absent"):
                for fault, details in FAULTS.items():
                    peer.begin_with(configuration)
                    if fault:
                        peer.fault(fault, **details)
                    act = functools.partial(work.run, peer, state=state, pf_under_control=name == "full")
                    yield f"cluster {name}, {state}, {fault}", [decisions.of(functools.partial(act, each)) for each in (True, False, False)]


# sites


def decide_sites(decisions: Decisions) -> t.Iterator[tuple[str, t.Any]]:
    sites = {"one": make_site(1), "three": make_site(3), "bad": make_bad_site(), "pending": make_pending_site(), "long": make_long_site()}
    earlier = json.dumps(
        report_document({**sites["one"][0], **sites["one"][1]}, list(sites["one"][0]), list(sites["one"][1]), READ_AT, RUN)
    )
    for name, (hosts, nodes) in sites.items():
        variables = {**hosts, **nodes}
        document = report_document(variables, list(hosts), list(nodes), READ_AT, RUN, previous=earlier, since=earlier)
        yield f"report of {name}", decisions.strip(json.loads(json.dumps(document)))
        yield f"page of {name}", re.findall(r"<\w+", str(report_view(document, "html")))
        yield f"turns of {name}", decisions.strip(site_turns(variables, list(nodes)))
        yield f"summary of {name}", decisions.strip(site_summary(variables, list(hosts), list(nodes)))


def main() -> None:
    for module, name in ((vf_user_reader, "NETDEV_SECONDS"), (iproute, "_LINK_SECONDS"), (vf_user_reader, "_PAUSE")):
        setattr(module, name, 0.02)
    apply = importlib.import_module("ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.apply")
    for name in ("_NETDEV_SECONDS", "_SILENT_SECONDS", "_SILENT_PAUSE"):
        setattr(apply, name, 0.02)
    process.settle_udev = lambda seconds: None
    fs._BUSY_PAUSE = 0.001
    decisions = Decisions()
    found = {name: what for kind in (decide_domains, decide_hosts, decide_clusters, decide_sites) for name, what in kind(decisions)}
    print(json.dumps({"decisions": found, "texts": sorted(decisions.texts)}, default=str))


if __name__ == "__main__":
    main()
