# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ip answers, in full, in part and damaged, and the commands that are made for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import iproute
from ansible_collections.vsrx.sriov.plugins.module_utils._host.attribute_table import (
    ATTRIBUTE_GROUPS,
    ATTRIBUTES,
    VfAttributes,
    format_vf_words,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import BusyError, Ip, IpError

#: what ip -d -j link shows of a VF, by driver and age of iproute2
IGB = {
    "vf": 0,
    "link_type": "ether",
    "address": "de:e0:31:5f:a4:4b",
    "broadcast": "ff:ff:ff:ff:ff:ff",
    "vlan_list": [{}],
    "rate": {"max_tx": 0, "min_tx": 0},
    "spoofchk": True,
    "link_state": "auto",
    "trust": False,
}
I40E = {**IGB, "vlan_list": [{"vlan": 100, "qos": 3, "protocol": "802.1ad"}], "rate": {"max_tx": 500, "min_tx": 0}, "trust": True}
MLX5 = {**IGB, "address": "00:00:00:00:00:00", "query_rss_en": False}
OLD = {"vf": 0, "mac": "DE:E0:31:5F:A4:4B", "vlan": 7, "tx_rate": 100, "spoofchk": False, "link_state": "enable"}
#: a VF of mlx5_core on a port of InfiniBand (ipoib_get_vf_config): its address is one of 20 bytes
IPOIB_MAC = "00:00:00:48:fe:80:" + ":".join(["00"] * 14)
IPOIB = {**IGB, "link_type": "infiniband", "address": IPOIB_MAC, "node guid": "0c:42:a1:03:00:aa:bb:cc", "link_state": "disable"}
BNXT = {key: value for key, value in IGB.items() if key not in ("trust", "spoofchk")}


def ip(*entries: Any, code: int = 0, err: str = "") -> Ip:
    return Ip(lambda arguments: (code, json.dumps(list(entries)), err))


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (IGB, VfAttributes("de:e0:31:5f:a4:4b", 0, 0, "802.1Q", True, False, "auto", 0, 0)),
        (I40E, VfAttributes("de:e0:31:5f:a4:4b", 100, 3, "802.1ad", True, True, "auto", 0, 500)),
        (MLX5, VfAttributes("00:00:00:00:00:00", 0, 0, "802.1Q", True, False, "auto", 0, 0)),
        (OLD, VfAttributes("de:e0:31:5f:a4:4b", 7, 0, "802.1Q", False, None, "enable", None, 100)),
        (IPOIB, VfAttributes(IPOIB_MAC, 0, 0, "802.1Q", True, False, "disable", 0, 0)),
        (BNXT, VfAttributes("de:e0:31:5f:a4:4b", 0, 0, "802.1Q", None, None, "auto", 0, 0)),
    ],
)
def test_a_vf_as_drivers_show_it(info: dict[str, Any], expected: VfAttributes) -> None:
    link = ip({}, {"ifname": "eno2", "flags": ["UP"], "vfinfo_list": [info]}).read_link("eno2")
    assert link is not None and link.vfs == {0: expected}


def test_a_link() -> None:
    entry = {"ifname": "bondport0", "altnames": ["enp1s0f0"], "flags": ["BROADCAST"], "mtu": 9000, "min_mtu": 68, "max_mtu": 9216}
    link = ip({**entry, "address": "02:00:00:00:00:01", "permaddr": "52:54:00:00:00:01"}).read_link("enp1s0f0")
    assert link is not None
    assert (link.name, link.altnames, link.up, link.mtu, link.mtu_range) == ("bondport0", ("enp1s0f0",), False, 9000, (68, 9216))
    assert (link.mac, link.permanent_mac) == ("02:00:00:00:00:01", "52:54:00:00:00:01")


@pytest.mark.parametrize("answer", ['Device "eno9" does not exist.', 'Cannot find device "eno9"'])
def test_no_such_link(answer: str) -> None:
    assert ip(code=1, err=answer).read_link("eno9") is None


def test_other_failures_are_failures() -> None:
    with pytest.raises(IpError, match="Operation not permitted"):
        ip(code=2, err="RTNETLINK answers: Operation not permitted").read_link("eno2")
    with pytest.raises(VsrxError, match="did not answer in JSON"):
        Ip(lambda arguments: (0, "2: eno2: <UP>", "")).read_link("eno2")


def test_addresses_but_those_that_the_kernel_gives() -> None:
    given = {"local": "192.0.2.7", "prefixlen": 24, "scope": "global"}
    own = {"local": "fe80::1", "prefixlen": 64, "scope": "link"}
    announced = {"local": "2001:db8::1", "prefixlen": 64, "scope": "global", "dynamic": True, "mngtmpaddr": True}
    newer = {"local": "2001:db8::2", "prefixlen": 64, "scope": "global", "dynamic": True, "protocol": "kernel_ra"}
    private = {"local": "2001:db8::3", "prefixlen": 64, "scope": "global", "dynamic": True, "temporary": True}
    entries = [{"ifname": "a", "addr_info": [given, own, announced, newer, private]}, {"ifname": "b", "addr_info": [own, announced]}, {}]
    assert ip(*entries).read_uses() == {"a": ["192.0.2.7/24"]}
    # One that a network manager took from an announcement is somebody's.
    managed = {**announced, "noprefixroute": True}
    assert ip({"ifname": "a", "addr_info": [managed]}).read_uses() == {"a": ["2001:db8::1/64"]}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"mac": "02:5a:00:00:00:01"}, "vf 3 mac 02:5a:00:00:00:01"),
        ({"vlan": 100}, "vf 3 vlan 100"),
        ({"qos": 5, "vlan": 100}, "vf 3 vlan 100 qos 5"),
        ({"vlan_proto": "802.1ad", "vlan": 100, "qos": 0}, "vf 3 vlan 100 qos 0 proto 802.1ad"),
        ({"vlan_proto": "802.1Q", "vlan": 100}, "vf 3 vlan 100"),
        ({"qos": 5}, "vf 3 vlan 0 qos 5"),
        ({"vlan_proto": "802.1ad"}, "vf 3 vlan 0 proto 802.1ad"),
        ({"vlan_proto": "802.1Q"}, "vf 3 vlan 0"),
        ({"spoofchk": True}, "vf 3 spoofchk on"),
        ({"trust": False}, "vf 3 trust off"),
        ({"link_state": "disable"}, "vf 3 state disable"),
        ({"max_tx_rate": 500, "min_tx_rate": 0}, "vf 3 min_tx_rate 0 max_tx_rate 500"),
    ],
)
def test_words_of_ip(values: dict[str, Any], words: str) -> None:
    assert " ".join(format_vf_words(3, values)) == words


def test_a_refusal_says_what_was_answered() -> None:
    heard: list[Sequence[str]] = []

    def call(arguments: Sequence[str]) -> tuple[int, str, str]:
        heard.append(arguments)
        return 2, "", "RTNETLINK answers: Invalid argument\n"

    with pytest.raises(IpError) as failure:
        Ip(call).set_vf("eno2", 1, {"max_tx_rate": 5})
    assert failure.value.answer == "Invalid argument"
    assert heard == [["link", "set", "dev", "eno2", "vf", "1", "max_tx_rate", "5"]]


BUSY = (2, "", "RTNETLINK answers: Resource temporarily unavailable\n")
#: ice_check_vf_ready_for_cfg: "VF in reset. Try again"
RESETTING = (2, "", "RTNETLINK answers: Device or resource busy\n")


@pytest.mark.parametrize("busy", [BUSY, RESETTING])
def test_a_busy_driver_gets_another_try(monkeypatch: pytest.MonkeyPatch, busy: tuple[int, str, str]) -> None:
    monkeypatch.setattr(iproute, "_BUSY_PAUSE", 0.01)
    answers = [busy, busy, (0, "", "")]
    Ip(lambda arguments: answers.pop(0)).set_vf("eno2", 1, {"trust": True})
    assert answers == []


NAMED = {"ifname": "eno2", "flags": ["UP"], "address": "52:54:00:00:00:01"}


@pytest.mark.parametrize(
    "entries",
    [
        7,
        None,
        {},
        "text",
        [None, 7, "x", []],
        [{"ifname": 7}, {"ifname": None}, {"ifname": []}],
        [{**NAMED, "permaddr": {}, "altnames": 7, "flags": "UP", "mtu": "x", "min_mtu": [], "max_mtu": True, "vfinfo_list": 7}],
        [{**NAMED, "vfinfo_list": [7, None, {}, {"vf": "x"}, {"vf": []}, {"vf": True}, {"vf": -1}]}],
        [{**NAMED, "vfinfo_list": [{"vf": 0, "vlan_list": 7, "rate": [], "trust": "on", "address": {}, "link_state": 7}]}],
        [{**NAMED, "vfinfo_list": [{"vf": 0, "vlan_list": [7], "rate": {"max_tx": 10**4000, "min_tx": "\u00b2"}}]}],
        [{**NAMED, "altnames": [7, None, "enp1s0"]}],
    ],
)
def test_an_answer_of_another_shape_is_unknown_or_an_error(entries: Any) -> None:
    """ip is trusted, and its next release may still answer otherwise."""
    text = json.dumps(entries)[:20000] if isinstance(entries, list) else json.dumps(entries)
    try:
        link = Ip(lambda arguments: (0, text, "")).read_link("eno2")
    except VsrxError as failure:
        assert "did not answer in JSON" in failure.message
    else:
        assert link is None or (link.permanent_mac == "52:54:00:00:00:01" and all(isinstance(index, int) for index in link.vfs))


@pytest.mark.parametrize("text", ["[" * 100000, "{", "[1,", "\x00", "nul", "[]x"])
def test_an_answer_that_is_no_json_is_an_error(text: str) -> None:
    for call in (lambda ip: ip.read_link("eno2"), lambda ip: ip.read_uses()):
        with pytest.raises(VsrxError, match="did not answer in JSON"):
            call(Ip(lambda arguments: (0, text, "")))


@pytest.mark.parametrize("entry", [{"ifname": "a", "addr_info": 7}, {"ifname": "a", "addr_info": [7, {"local": {}}]}, {"addr_info": []}])
def test_addresses_of_another_shape_are_none(entry: Any) -> None:
    assert ip(entry).read_uses() == {}


def test_one_table_has_all_attributes() -> None:
    """An attribute that is added to the class alone would be planned, reported as set, and never sent."""
    names = [attribute.name for attribute in ATTRIBUTES]
    assert set(names) == set(vars(VfAttributes())) and len(names) == len(set(names))
    assert [name for group in ATTRIBUTE_GROUPS for name in group] == names
    read = ip({"ifname": "eno2", "vfinfo_list": [I40E]}).read_link("eno2")
    assert read is not None and None not in vars(read.vfs[0]).values()
    # Each is sent, and reads back as what was sent.
    assert {word for group in ATTRIBUTE_GROUPS for word in format_vf_words(0, dict.fromkeys(group, 1))} >= {
        attribute.word for attribute in ATTRIBUTES
    }


def test_a_driver_that_stays_busy_is_given_up_and_not_called_unable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iproute, "_BUSY_PAUSE", 0.01)
    monkeypatch.setattr(iproute, "_BUSY_SECONDS", 0.05)
    with pytest.raises(BusyError) as failure:
        Ip(lambda arguments: BUSY).set_up("eno2", True)
    assert failure.value.answer == "Resource temporarily unavailable"
