# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The borders of the control node: answers of modules, what a report is made of, and a report that is read again."""

from __future__ import annotations

import functools
import html.parser
import importlib
import json
import random
import re
import typing as t

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.vsrx.sriov.plugins.filter.boot_loader import boot_loader
from ansible_collections.vsrx.sriov.plugins.filter.domain_uuid import domain_uuid
from ansible_collections.vsrx.sriov.plugins.filter.missing_arguments import missing_arguments
from ansible_collections.vsrx.sriov.plugins.filter.report_document import report_document
from ansible_collections.vsrx.sriov.plugins.filter.report_view import FORMS, report_view
from ansible_collections.vsrx.sriov.plugins.filter.site_order import site_order
from ansible_collections.vsrx.sriov.plugins.filter.site_plan import site_plan
from ansible_collections.vsrx.sriov.plugins.filter.site_summary import site_summary
from ansible_collections.vsrx.sriov.plugins.filter.site_turns import site_turns
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.inventory import write_inventory
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.variables import read_found
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.yaml_text import is_expression
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.admission import admit
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import Field, check_result, read_shape
from support.report_sites import READ_AT, RUN, make_bad_site, make_long_site, make_pending_site, make_site
from support.standin_hosts import VFS, cluster_mac, fill, hostdev

from .mutate import mutate_text, mutate_value
from .runner import Target


def _adopted_domain(number: int) -> dict[str, t.Any]:
    nics = [
        {
            **{name: port[name] for name in ("position", "sriov", "mac", "guest_address", "vf", "pf", "pf_address")},
            "is_port": port["sriov"],
            "is_plain": False,
            "attached_to": "a NIC",
            "network": None,
            "replaced_at": None,
            "index": number if port["sriov"] else None,
        }
        for port in hostdev(number)["ports"]
    ]
    uuid = f"5f1c2a00-0000-4000-8000-00000000010{number}"
    return {"name": f"fw{number}", "uuid": uuid, "active": True, "persistent": True, "problem": None, "nics": nics}


_SRIOV = {
    "total_vfs": 7,
    "num_vfs": 1,
    "drivers_autoprobe": True,
    "vf_device_id": "10ca",
    "vf_offset": 128,
    "vf_stride": 2,
    "vfs": ["0000:01:10.0"],
}
_FUNCTION = {
    "address": "0000:01:00.0", "class": "network", "class_id": "0200", "vendor_id": "8086", "device_id": "10c9", "revision": "01",
    "subsystem_vendor_id": "1af4", "subsystem_device_id": "1100", "nodedev": "pci_0000_01_00_0", "sriov": _SRIOV,
    "netdevs": [{"name": "eno2", "mac": "52:54:00:00:01:00", "mtu": 1500, "operstate": "up", "speed_mbps": 1000}],
}  # fmt: skip
_IOMMU = {"enabled": True, "kind": "intel", "groups": 11, "cmdline": [], "why_off": None}


_CLUSTER = cluster_mac(0, reths=[], pending_commit=None, rpcs=5)
ANSWERS: dict[str, list[dict[str, t.Any]]] = {
    "sriov_vfs": [VFS],
    "vsrx_hostdev": [hostdev(0), hostdev(1, actions=["add VF 0000:01:10.0"], changed=True)],
    "junos_cluster_mac": [cluster_mac(0), cluster_mac(1)],
    "junos_cluster_info": [fill("junos_cluster_info", {key: each for key, each in _CLUSTER.items() if key != "diff"})],
    "vsrx_domain_info": [{"changed": False, "domains": [_adopted_domain(0), _adopted_domain(1)]}],
    "pci_facts": [fill("pci_facts", {"changed": False, "ansible_facts": {"pci": {"functions": [_FUNCTION], "iommu": _IOMMU}}})],
}


class CommandError(Exception):
    """Something that a terminal or a browser would obey is in what people read."""


@functools.cache
def shape_of(module: str) -> t.Mapping[str, Field]:
    return read_shape(yaml.safe_load(importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{module}").RETURN))


def make_answer(module: str, chance: random.Random) -> t.Any:
    return mutate_value(chance, chance.choice(ANSWERS[module]))


def take_answer(module: str, answer: t.Any) -> None:
    """What is admitted has no wrong value, and is admitted again as it is."""
    if not isinstance(answer, dict):
        raise VsrxError("Ansible itself takes nothing but a dictionary")
    admitted = admit(shape_of(module), answer, module, "kvm1")
    if admitted["failed"]:
        raise VsrxError(admitted["msg"])
    if check_result(shape_of(module), admitted, success=True)[1] or ("ansible_facts" in admitted and module != "pci_facts"):
        raise CommandError("a wrong value was admitted")


SITES = [make_site(1), make_site(2), make_bad_site(), make_pending_site(), make_long_site()]


def make_site_values(chance: random.Random) -> t.Any:
    hosts, nodes = chance.choice(SITES)
    return mutate_value(chance, {"hosts": hosts, "nodes": nodes})


def take_site_values(values: t.Any) -> None:
    """The names of hosts and their groups are the inventory's; all that is below them is what hosts and nodes said."""
    if not isinstance(values, dict):
        raise VsrxError("not a site")
    hosts, nodes = (
        {str(name): each for name, each in _dict(values.get(kind)).items() if isinstance(each, dict)} for kind in ("hosts", "nodes")
    )
    show(report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN))


PLANNED = {"actions": ["add VF", "shut down", "start"], "restarted": True, "started": True, "ports": []}
RUN_OF_SITE = {
    "host": {"sriov_host_preview": VFS, "sriov_host_result": VFS, "sriov_host_cmdline_lacks": ["iommu=pt"]},
    "node0": {"vsrx_ports_planned": PLANNED, "vsrx_ports_result": {}, "vsrx_cluster_seen": cluster_mac(0), "vsrx_cluster_commits": []},
    "node1": {"vsrx_ports_planned": PLANNED, "vsrx_ports_joined": {"steps": []}, "vsrx_cluster_seen": cluster_mac(1)},
}


def make_run(chance: random.Random) -> t.Any:
    return mutate_value(chance, RUN_OF_SITE)


def take_run(values: t.Any) -> None:
    """What hosts and nodes say moves no node to another cluster, and plans nothing on a host or node that is not of the inventory."""
    given = {name: _dict(_dict(values).get(name)) for name in RUN_OF_SITE}
    every = {"kvm1": given["host"]}
    for number in (0, 1):
        of_the_inventory = {"vsrx_host": "kvm1", "vsrx_cluster": "c", "vsrx_cluster_node": number, "vsrx_cluster_restart": "rolling"}
        every[f"fw{number}"] = {**given[f"node{number}"], **of_the_inventory, "vsrx_site_begun": True}
    nodes = ["fw0", "fw1"]
    plan = site_plan(every, ["kvm1"], nodes)
    order = site_order(every, ["kvm1"], nodes, unit="c")
    summary = site_summary(every, ["kvm1"], nodes, plan)
    named = {step["where"] for step in plan} | {
        name for turn in [order["off"], *(stage["nodes"] for stage in order["stages"])] for name in turn
    }
    if named - {"kvm1", "c", *nodes} or site_turns(every, ["kvm1"], nodes) != [["c"]] * bool(nodes):
        raise CommandError(f"{named} are not of the inventory")
    if [each["name"] for each in summary["outcomes"]] != ["kvm1", "c"]:
        raise CommandError("another host or cluster was summed up")
    show(report_document(every, ["kvm1"], nodes, READ_AT, RUN, plan=plan))


# what hosts print

UUID = "7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a90"
PRINTED = (
    f" {UUID} fw0\n {UUID[:-1]}1 fw1 \n\n",
    'args="ro quiet"\n',
    "\tlinux /vmlinuz root=UUID=1 quiet intel_iommu=on\n",
    "rw iommu=pt\n",
)


def make_printed(chance: random.Random) -> str:
    return mutate_text(chance, PRINTED, (" ", "\n", "\t", '"', "=", UUID, "root=", "linux ", "args=", "\x1b[2J"))


def take_printed(text: str) -> None:
    if domain_uuid(text.splitlines(), "fw0") not in ("", *re.findall(r"[0-9a-f-]{36}", text)):
        raise CommandError("a UUID that is not there")
    for path in ("/usr/sbin/grubby", "/usr/sbin/update-grub", "/run/ostree-booted"):
        boot_loader([path, "/usr/bin/rpm-ostree"], "intel_iommu=on iommu=pt", text)
    missing_arguments("intel_iommu=on iommu=pt", text)


def _dict(value: t.Any) -> dict[t.Any, t.Any]:
    return value if isinstance(value, dict) else {}


@functools.cache
def documents() -> list[t.Any]:
    made = (report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN) for hosts, nodes in SITES[:3])
    return [json.loads(json.dumps(each)) for each in made]


def make_document(chance: random.Random) -> str:
    try:
        return json.dumps(mutate_value(chance, chance.choice(documents())))
    except (ValueError, RecursionError):
        return "[]"


def take_document(text: str) -> None:
    """An earlier report, and the same to be shown again."""
    hosts, nodes = SITES[0]
    try:
        report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN, previous=text, since=text)
    except AnsibleFilterError as failure:
        raise VsrxError(str(failure)) from None
    show(json.loads(text))


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(html.parser.HTMLParser):
    """Only what the page itself is made of."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        if tag in ("script", "x", "iframe", "object") or any(name.startswith("on") or "javascript:" in str(value) for name, value in attrs):
            raise CommandError(f"<{tag} {attrs}>")


def show(document: t.Any) -> None:
    json.dumps(document)
    for form in FORMS:
        shown = report_view(document, form)
        text = "\n".join(shown) if isinstance(shown, list) else str(shown)
        if found := _COMMANDS.search(text):
            raise CommandError(f"{found[0]!r} in {form}")
        if form == "html":
            Page().feed(text)
        text.encode()


# the inventory that adopt writes, which Ansible believes


ADOPTED = {
    "host": {
        "vsrx_adopt_pci": {"ansible_facts": {}},
        "vsrx_adopt_pfs": {"results": [VFS]},
        "vsrx_adopt_domains": {"domains": [_adopted_domain(0), _adopted_domain(1)]},
        "vsrx_adopt_networks": {"default": "a network"},
    },
    "node": {"vsrx_adopt_cluster": cluster_mac(0)},
}
NETCONF = {"ansible_connection": "ansible.netcommon.netconf", "ansible_network_os": "vsrx.sriov.vsrx"}
OF_THE_INVENTORY = {"ansible_host": "192.0.2.1", "ansible_user": "root"}


def make_adopted(chance: random.Random) -> t.Any:
    return mutate_value(chance, ADOPTED)


def take_adopted(values: t.Any) -> None:
    """Whatever hosts say, the text is an inventory of these hosts, reached as before, without an expression in it."""
    host, node = (_dict(_dict(values).get(kind)) for kind in ("host", "node"))
    written = write_inventory(read_found({"kvm1": {**host, **OF_THE_INVENTORY}}, {"fw0": {**node, **OF_THE_INVENTORY}}), move=True)
    read = yaml.safe_load(written.text)["all"]["children"]
    for name, value in _walk(read):
        if is_expression(value) or (name.startswith("ansible_") and value not in (*OF_THE_INVENTORY.values(), *NETCONF.values())):
            raise CommandError(f"{name}: {value!r}")
    if _COMMANDS.search(written.text):
        raise CommandError("a control character")


def _walk(value: t.Any, name: str = "") -> t.Iterator[tuple[str, t.Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield "", key
            yield from _walk(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, name)
    else:
        yield name, value


CONTROL_NODE = [
    *(Target(f"answer_{name}", functools.partial(make_answer, name), functools.partial(take_answer, name)) for name in ANSWERS),
    Target("adopted", make_adopted, take_adopted),
    Target("run_of_site", make_run, take_run),
    Target("printed_by_hosts", make_printed, take_printed),
    Target("report_values", make_site_values, take_site_values),
    Target("report_documents", make_document, take_document),
]
