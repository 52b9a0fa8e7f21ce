# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every parser and border of the collection, with good inputs to start from."""

from __future__ import annotations

import functools
import importlib
import json
import pathlib
import random
import tempfile
import typing as t
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.vsrx.sriov.plugins.module_utils import _pci as pci
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import iproute, pf_record, reader, sysfs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import Pf
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import cluster_status, reply
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac import compare_output, interfaces
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac import request as junos_request
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import model
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs import request as vfs_request
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import other_config, other_config_files
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import journal
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import request as hostdev_request
from support.domain_shapes import SHAPES, domain, plan, tune, xml_of
from support.fake_host import FakeHost

from .control_node import CONTROL_NODE
from .mutate import NUMBERS, WORDS, mutate_text, mutate_value
from .runner import CORPUS, Target

PORTS = [{"vf": "0000:83:02.1", "mac": "02:5a:00:00:00:01", "vlan": 100}, {"pf": "ens1f1", "index": 2}]


def texts(folder: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((CORPUS / folder).iterdir())]


def _of_texts(seeds: t.Sequence[str], tokens: t.Sequence[str]) -> t.Callable[[random.Random], str]:
    return lambda chance: mutate_text(chance, seeds, tokens)


# domain XML


def take_domain(xml: str) -> None:
    found = domain(xml)
    model.list_domain_users(found, {})
    plan(xml, PORTS)


# the kernel's files


@functools.cache
def host() -> FakeHost:
    made = FakeHost(pathlib.Path(tempfile.mkdtemp(prefix="vsrx-fuzz-")))
    made.pf(vfs=2)
    made.pf("0000:84:00.0", "eno3", ids="8086:10fb", driver="ixgbe", mac="52:54:00:00:84:00")
    return made


@functools.cache
def kernel_files() -> list[pathlib.Path]:
    return sorted(path for path in host().devices.rglob("*") if path.is_file() and not path.is_symlink())


def make_files(chance: random.Random) -> dict[str, str]:
    chosen = chance.sample(kernel_files(), chance.randint(1, 4))
    seeds = {path: path.read_text(encoding="utf-8") for path in chosen}
    return {
        str(path): mutate_text(chance, [text or "0\n"], NUMBERS) if chance.random() < 0.5 else chance.choice(NUMBERS)
        for path, text in seeds.items()
    }


def take_files(files: dict[str, str]) -> None:
    before = {path: pathlib.Path(path).read_bytes() for path in files}
    try:
        for path, text in files.items():
            pathlib.Path(path).write_bytes(text.encode("utf-8", "surrogatepass"))
        fs = RootFs(str(host().root))
        sysfs.read_functions(fs)
        access = reader.HostAccess(fs, iproute.Ip(lambda arguments: (0, "[]", "")))
        for pf in ("0000:83:00.0", "eno3"):
            reader.read_pf(access, pf)
    finally:
        for path, data in before.items():
            pathlib.Path(path).write_bytes(data)


# ip


LINKS = [json.loads(text) for text in texts("ip")]


def make_ip(chance: random.Random) -> str:
    try:
        text = json.dumps(mutate_value(chance, chance.choice(LINKS)))
    except (ValueError, RecursionError):
        text = "[]"
    return text if chance.random() < 0.8 else mutate_text(chance, [text], WORDS)


def take_ip(text: str) -> None:
    ip = iproute.Ip(lambda arguments: (0, text, ""))
    ip.read_link("eno2")
    ip.read_uses()


# files of others

CONFIGS = (
    "etc/modprobe.d/a.conf", "proc/cmdline", "etc/NetworkManager/system-connections/a.nmconnection", "etc/rc.local", "etc/netplan/01.yaml",
    "etc/sysconfig/network-scripts/ifcfg-eno2", "etc/systemd/network/10.link", "etc/sysfs.d/a.conf", "etc/tmpfiles.d/a.conf",
    "etc/udev/rules.d/a.rules", "etc/systemd/system/vfs.service", "etc/network/interfaces", "etc/nmstate/a.yml", "etc/cron.d/a",
    "etc/NetworkManager/NetworkManager.conf", "etc/os-net-config/sriov_config.yaml",
)  # fmt: skip


@functools.cache
def etc() -> pathlib.Path:
    root = pathlib.Path(tempfile.mkdtemp(prefix="vsrx-fuzz-"))
    for name in CONFIGS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    return root


def take_config(text: str) -> None:
    for name in CONFIGS:
        (etc() / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    found = other_config_files.read(RootFs(str(etc())))
    pf = Pf("0000:83:00.0", "eno2", ("eno2", "enp131s0f0"), driver="i40e", permanent_mac="52:54:00:00:83:00")
    other_config.select_for(pf, found)


# Junos


def take_junos(text: str) -> None:
    root = reply.read(text, "a reply").root
    cluster_status.parse_groups(root)
    replies = cluster_status.NodeReplies((root,), ())
    cluster_status.parse_nodes(replies, replies)
    cluster_status.parse_links(root)
    interfaces.parse_effective(root)


def take_difference(text: str) -> None:
    compare_output.parse_changes(text)
    compare_output.name_hierarchies(text)
    compare_output.hide_foreign_lines(text, ["use-active-child-mac-on-reth"])


# records

RECORDS = [json.loads(text) for text in texts("records")]


def make_record(chance: random.Random) -> t.Any:
    return mutate_value(chance, chance.choice(RECORDS))


def take_record(data: t.Any) -> None:
    for kept in pf_record.parse_json(data, "/var/lib/vsrx-sriov/state.json").values():
        str(kept)


@functools.cache
def kept_journal() -> tuple[journal.Journal, pathlib.Path]:
    """A journal with an unfinished change, and the file that says so."""
    folder = tempfile.mkdtemp(prefix="vsrx-fuzz-")
    kept = journal.Journal(folder, "7c5e0000-0000-4000-8000-00000000ffff")
    with kept.hold_lock():
        kept.begin("vsrx1", "<domain/>", start=True, ran=False)
    (path,) = pathlib.Path(folder).rglob("unfinished.json")
    return kept, path


def take_journal(text: str) -> None:
    kept, path = kept_journal()
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    kept.read_unfinished()


def take_replaced(text: str) -> None:
    """What is read must do for what is done with it: it is ordered, shown and written again."""
    kept, path = kept_journal()
    path.with_name("replaced.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    records = kept.read_replaced()
    for record in sorted(records, key=lambda each: (each.junos_interface, each.mac or "")):
        record.describe()
    kept.write_replaced(records)
    if kept.read_replaced() != records:
        raise AssertionError("what was read is not what is written")


def take_vf_records(text: str) -> None:
    kept, path = kept_journal()
    path.with_name("vfs.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    records = kept.read_vf_records()
    kept.write_vf_records(records)
    if kept.read_vf_records() != records:
        raise AssertionError("what was read is not what is written")


# arguments, as ansible-core hands them over


def take_ids(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    pci.find_names(data, [("8086", "1572"), ("15b3", "1017")])
    pci.find_modules(data, ["pci:v00008086d00001572sv00008086sd00000001bc02sc00i00"])


MODULES = ("sriov_vfs", "vsrx_hostdev", "junos_cluster_mac")


class SpecError(Exception):
    """Carries the argument spec that a module hands to AnsibleModule."""


@functools.cache
def validator(name: str) -> ArgumentSpecValidator:
    """ansible-core's own check of a module's arguments."""

    def capture(**options: t.Any) -> None:
        raise SpecError(options)

    options: dict[str, t.Any] = {}
    module = importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{name}")
    with mock.patch.object(module, "AnsibleModule", capture):
        try:
            module.main()
        except SpecError as caught:
            (options,) = caught.args
    options.pop("supports_check_mode", None)
    return ArgumentSpecValidator(**options)


ARGUMENTS = {name: [json.loads(text) for text in texts(f"arguments_{name}")] for name in MODULES}


def make_arguments(name: str, chance: random.Random) -> t.Any:
    return mutate_value(chance, chance.choice(ARGUMENTS[name]))


def take_arguments(name: str, given: t.Any) -> None:
    if not isinstance(given, dict):
        raise RequestError("the arguments of a module are a dict")
    try:
        checked = validator(name).validate(given)
    except (OverflowError, TypeError):
        raise RequestError("ansible-core's own check fails on an infinite number, and older ones on a list in a text's place") from None
    if checked.error_messages:
        raise RequestError("; ".join(checked.error_messages))
    options = checked.validated_parameters
    if name == "sriov_vfs":
        vfs_request.parse(options["pfs"])
    elif name == "vsrx_hostdev":
        hostdev_request.parse_request(options)
    else:
        junos_request.parse_request(options)


XML_TOKENS = (
    "<",
    "/>",
    "</",
    "&lt;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x>",
    "<?x?>",
    'xmlns="a"',
    "xmlns:a='b'",
    "=''",
    *NUMBERS,
)
DOMAIN_TOKENS = (
    *XML_TOKENS, "<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>", "<interface type='hostdev'>", "<hostdev>",
    "<controller type='pci' index='0' model='pcie-root'/>", "type='pci'", "multifunction='on'", "unit='GB'", "<vlan><tag id='1'/></vlan>",
    "<vcpu>8</vcpu>", "cpuset='0-3,^2'",
)  # fmt: skip
JUNOS_TOKENS = (
    *XML_TOKENS,
    "inactive='inactive'",
    "<rpc-error>",
    "</rpc-reply>",
    "node0",
    "ge-0/0/0",
    "reth0",
    "<ok/>",
    "junos:seconds='1'",
)
CONFIG_TOKENS = (
    "sriov_numvfs",
    "/sys/class/net/",
    "[sriov]",
    "=",
    "\\\n",
    "#",
    "virtual-function-count:",
    "max_vfs=",
    "%n",
    "*",
    "[",
    *NUMBERS,
)

JSON_TOKENS = ('"', "{", "}", ":", ",", "null", "true", "[", "]", *WORDS)

TARGETS = [
    Target("domain_xml", _of_texts([*map(xml_of, SHAPES), tune(xml_of("q35-virtio-two"))], DOMAIN_TOKENS), take_domain),
    Target("sysfs", make_files, take_files),
    Target("ip", make_ip, take_ip),
    Target("boot_configs", _of_texts(texts("boot_configs"), CONFIG_TOKENS), take_config),
    Target("junos_replies", _of_texts(texts("junos"), JUNOS_TOKENS), take_junos),
    Target(
        "junos_compare", _of_texts(texts("junos_compare"), ("[edit", "]", "+ ", "- ", "!", "{", "}", ";", "\n", *WORDS)), take_difference
    ),
    Target("records", make_record, take_record),
    Target("journal", _of_texts(texts("journal"), JSON_TOKENS), take_journal),
    Target("replaced", _of_texts(texts("replaced"), JSON_TOKENS), take_replaced),
    Target("vf_records", _of_texts(texts("vf_records"), JSON_TOKENS), take_vf_records),
    Target(
        "pci_ids",
        _of_texts([*texts("pci_ids"), "alias pci:v00008086d* \ud800"], ("\t", "\n", "8086  ", "alias pci:v", "*", "[", *WORDS)),
        take_ids,
    ),
    *(Target(f"arguments_{name}", functools.partial(make_arguments, name), functools.partial(take_arguments, name)) for name in MODULES),
    *CONTROL_NODE,
]
