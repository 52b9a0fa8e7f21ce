# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes over the line: SSH, hello, framing, namespaces."""

from __future__ import annotations

import pathlib
import re

import paramiko
import pytest
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from junos_peer.tree import parse
from lxml import etree
from peer_wire import Wire, connect

NC = "{urn:ietf:params:xml:ns:netconf:base:1.0}"
JUNOS = "{http://xml.juniper.net/junos/24.4R1.9/junos}"
XNM = "{http://xml.juniper.net/xnm/1.1/xnm}"
MODULE = "{http://yang.juniper.net/junos-es/conf/%s}"
CHASSIS = '<get-configuration database="committed"><configuration><chassis/></configuration></get-configuration>'


def test_hello_is_of_netconf_1_0_behind_comments(peer: RemotePeer) -> None:
    with connect(peer) as wire:
        assert wire.hello.startswith(b"<!--")
        hello = parse(wire.hello)
    capabilities = {element.text for element in hello.iter(f"{NC}capability")}
    assert hello.tag == f"{NC}hello"
    assert "urn:ietf:params:netconf:base:1.0" in capabilities
    assert "urn:ietf:params:netconf:base:1.1" not in capabilities
    for name in ("candidate:1.0", "confirmed-commit:1.0", "validate:1.0"):
        assert f"urn:ietf:params:netconf:capability:{name}" in capabilities
    assert "http://xml.juniper.net/netconf/junos/1.0" in capabilities


def test_password_login(peer: RemotePeer) -> None:
    with connect(peer, password=peer.password) as wire:
        assert b"software-information" in wire.ask("<get-software-information/>")


def test_a_wrong_password_is_refused(peer: RemotePeer) -> None:
    with pytest.raises(paramiko.AuthenticationException), connect(peer, password="wrong"):
        pass


def test_each_node_has_a_host_key_of_its_own(peer: RemotePeer) -> None:
    keys = [line.split()[2] for line in peer.known_hosts.read_text().splitlines()]
    assert len(set(keys)) == 2


def test_only_the_subsystem_is_served(peer: RemotePeer) -> None:
    client = paramiko.SSHClient()
    client.load_host_keys(str(peer.known_hosts))
    client.connect(peer.host, peer.ports[0], peer.user, key_filename=str(peer.private_key), look_for_keys=False, allow_agent=False)
    try:
        _stdin, stdout, stderr = client.exec_command("id")
        assert stdout.channel.recv_exit_status() == 1
        assert b"netconf" in stderr.read()
    finally:
        client.close()


def test_secrets_are_for_their_owner_only(peer: RemotePeer) -> None:
    folder = peer.private_key.parent
    for name in ("id_ed25519", "password", "host_key_node0", "state.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name
    assert pathlib.Path(peer.ask("describe")["control"]).stat().st_mode & 0o077 == 0


def test_attributes_of_the_request_come_back(peer: RemotePeer) -> None:
    with connect(peer) as wire:
        reply = parse(wire.ask("<get-software-information/>", 'message-id="a 7&amp;" other="x"'))
    assert dict(reply.attrib) == {"message-id": "a 7&", "other": "x"}


def test_several_requests_at_once_are_answered_in_order(peer: RemotePeer) -> None:
    with connect(peer) as wire:
        for number in (1, 2, 3):
            wire.send(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="{number}"><get-software-information/></rpc>')
        assert [parse(wire.read()).get("message-id") for _dummy in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize("message", ["<rpc", "no xml", "<rpc/>", "<other><x/></other>", ""])
def test_malformed_messages_are_reported(peer: RemotePeer, message: str) -> None:
    with connect(peer) as wire:
        wire.send(message)
        assert b"malformed-message" in wire.read()
        assert b"software-information" in wire.ask("<get-software-information/>")


def test_entities_are_not_resolved(peer: RemotePeer, tmp_path: pathlib.Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    with connect(peer) as wire:
        wire.send(
            f'<!DOCTYPE rpc [<!ENTITY x SYSTEM "file://{secret}">]><rpc message-id="1"><get-interface-information><interface-name>&x;</interface-name></get-interface-information></rpc>'  # noqa: E501
        )
        assert b"the secret" not in wire.read()
    assert "the secret" not in str(peer.log())


def reply(wire: Wire, operation: str) -> etree._Element:
    return parse(wire.ask(operation))


def test_namespaces_of_a_default_box(peer: RemotePeer) -> None:
    with connect(peer) as wire:
        raw = wire.ask(CHASSIS).decode()
        assert re.match(r"<rpc-reply [^>]*xmlns=\"urn:ietf", raw)
        configuration = parse(raw).find(f"{XNM}configuration")
        assert configuration is not None
        assert configuration.get(f"{JUNOS}commit-user") == "root"
        assert (configuration.get(f"{JUNOS}commit-seconds") or "").isdigit()
        assert configuration.find(f"{XNM}chassis/{XNM}cluster/{XNM}reth-count") is not None
        assert reply(wire, "<lock-configuration/>").find(f"{NC}ok") is not None
        uptime = reply(wire, "<get-system-uptime-information/>")
        moment = next(uptime.iter("{http://xml.juniper.net/junos/24.4R1/junos}date-time"))
        assert (moment.get(f"{JUNOS}seconds") or "").isdigit()
        ports = reply(wire, "<get-interface-information/>")
        assert ports.find("{http://xml.juniper.net/junos/24.4R1/junos-interface}interface-information") is not None


def test_namespaces_of_an_rfc_compliant_box() -> None:
    with running_peer(rfc_compliant=True) as peer, connect(peer) as wire:
        assert b"<nc:hello" in wire.hello
        raw = wire.ask(CHASSIS).decode()
        assert raw.startswith("<nc:rpc-reply ")
        root = parse(raw)
        chassis = root.find(f"{MODULE % 'root'}configuration/{MODULE % 'chassis'}chassis")
        assert chassis is not None
        assert chassis.find(f"{MODULE % 'chassis'}cluster") is not None
        assert wire.ask("<lock-configuration/>").endswith(b"<nc:ok/></nc:rpc-reply>")
        assert b"<nc:rpc-error><nc:error-type>" in wire.ask("<nonsense/>")
        data = reply(wire, "<get-config><source><running/></source></get-config>").find(f"{NC}data")
        assert data is not None
        groups = data.findall(f"{MODULE % 'root'}configuration/{MODULE % 'root'}groups")
        assert [group.findtext(f"{MODULE % 'root'}name") for group in groups] == ["node0", "node1"]
        assert groups[0].find(f"{MODULE % 'system'}system/{MODULE % 'system'}host-name") is not None


def test_the_statement_rfc_compliant_changes_the_style() -> None:
    statement = "<system><services><netconf><rfc-compliant/></netconf></services></system>"
    with running_peer() as peer:
        with connect(peer) as wire:
            wire.ask(f"<load-configuration><configuration>{statement}</configuration></load-configuration>")
            wire.ask("<commit-configuration/>")
        with connect(peer, node=1) as wire:
            assert b"<nc:hello" in wire.hello
            assert wire.ask("<get-software-information/>").startswith(b"<nc:rpc-reply")


def test_cluster_rpcs_of_a_standalone_box_answer_with_an_error_of_another_kind(standalone: RemotePeer) -> None:
    for name in ("status", "information", "interfaces"):
        with connect(standalone) as wire:
            root = reply(wire, f"<get-chassis-cluster-{name}/>")
        assert root.find(f"{NC}rpc-error") is None
        assert root.findtext(f"{XNM}error/{XNM}message") == "error: Chassis cluster is not enabled"
