# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads and commits are held against Juniper's models."""

from __future__ import annotations

import pathlib

import pytest
from junos_peer.errors import RefusedError
from junos_peer.options import HERE
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from junos_peer.tree import parse, plain
from junos_peer.yang import Models, find
from ncclient.operations.rpc import RPCError
from peer_replies import difference, load

CLUSTER = "<chassis><cluster>{}</cluster></chassis>"
GROUP = "<groups><name>g</name>{}</groups>"


@pytest.fixture(scope="module")
def models() -> Models:
    found, note = find()
    assert found is not None, note
    return found


@pytest.mark.models
@pytest.mark.parametrize("name", ["cluster", "standalone"])
def test_our_configurations_are_valid(models: Models, name: str) -> None:
    tree = plain(parse((HERE / "configs" / f"{name}.xml").read_bytes()))
    models.check_commit(tree)
    assert models.unchecked(tree) == set()


@pytest.mark.models
@pytest.mark.parametrize(
    "inside",
    [
        CLUSTER.format("<use-active-child-mac-on-reth/>"),
        CLUSTER.format('<use-active-child-mac-on-reth delete="delete"/>'),
        CLUSTER.format('<use-active-child-mac-on-reth inactive="inactive"/>'),
        GROUP.format(CLUSTER.format("<use-active-child-mac-on-reth/>")),
        GROUP.format("<interfaces><interface><name>&lt;ge-*&gt;</name><mtu>1500</mtu></interface></interfaces>"),
        "<apply-groups>${node}</apply-groups>",
        "<chassis><apply-groups>g</apply-groups></chassis>",
        '<interfaces><interface delete="delete"><name>ge-0/0/1</name></interface></interfaces>',
        '<interfaces><interface><name>ge-0/0/1</name><mtu delete="delete"/></interface></interfaces>',
        "<protocols><anything><at-all/></anything></protocols>",
    ],
)
def test_valid(models: Models, inside: str) -> None:
    models.check_load(plain(parse(f"<configuration>{inside}</configuration>")))


@pytest.mark.models
@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        (CLUSTER.format("<use-active-child-mac-on-reths/>"), "syntax error"),
        (CLUSTER.format('<use-active-child-mac-on-reths delete="delete"/>'), "syntax error"),
        (CLUSTER.format("<use-active-child-mac-on-reth>yes</use-active-child-mac-on-reth>"), "invalid value"),
        ("<chassis><use-active-child-mac-on-reth/></chassis>", "syntax error"),
        (GROUP.format("<chassis><use-active-child-mac-on-reth/></chassis>"), "syntax error"),
        (CLUSTER.format("<reth-count>many</reth-count>"), "invalid value"),
        (CLUSTER.format("<redundancy-group><name>0</name><node><name>0</name><priority>300</priority></node></redundancy-group>"), "invalid value"),  # noqa: E501
        ("<interfaces><interface><name>reth0</name><redundant-ether-options><redundancy-group>0</redundancy-group></redundant-ether-options></interface></interfaces>", "invalid"),  # noqa: E501
        ("<interfaces><interface><mtu>1500</mtu></interface></interfaces>", "key"),
    ],
)  # fmt: skip
def test_invalid(models: Models, inside: str, complaint: str) -> None:
    with pytest.raises(RefusedError, match=complaint):
        models.check_load(plain(parse(f"<configuration>{inside}</configuration>")))


@pytest.mark.models
def test_what_no_module_describes_is_named(models: Models) -> None:
    assert models.unchecked(
        plain(parse("<configuration><groups><name>g</name><vlans/></groups><protocols/><system/></configuration>"))
    ) == {"vlans", "protocols"}


@pytest.mark.models
def test_a_bad_load_is_refused_and_changes_nothing(peer: RemotePeer) -> None:
    with peer.netconf(device="default") as session:
        with pytest.raises(RPCError, match="syntax error"):
            load(session, CLUSTER.format("<use-active-child-mac-on-reth/><nonsense/>"))
        assert difference(session) == ""


@pytest.mark.models
def test_the_peer_says_what_it_checks() -> None:
    with running_peer() as peer:
        assert "chassis" in peer.models
        assert "is checked" in peer.models


@pytest.mark.parametrize("folder", [None, ""], ids=["unset", "empty"])
def test_the_peer_says_that_it_checks_nothing(monkeypatch: pytest.MonkeyPatch, folder: str | None) -> None:
    if folder is None:
        monkeypatch.delenv("JUNOS_YANG_DIR", raising=False)
    else:
        monkeypatch.setenv("JUNOS_YANG_DIR", folder)
    with running_peer() as peer, peer.netconf() as session:
        assert "NOT checked" in peer.models
        load(session, CLUSTER.format("<nonsense/>"))
        assert "nonsense" in difference(session)


def test_a_folder_without_models_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("JUNOS_YANG_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="holds no junos-es-conf"):
        find()


@pytest.mark.models
def test_an_invalid_configuration_does_not_start(tmp_path: pathlib.Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<configuration><chassis><nonsense/></chassis></configuration>")
    with pytest.raises(SystemExit, match=r"wrong\.xml: syntax error"), running_peer(config=wrong):
        pass
