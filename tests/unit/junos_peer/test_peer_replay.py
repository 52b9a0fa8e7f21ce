# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions recorded on one box are replayed by another."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest
from junos_peer.record import REQUESTS
from junos_peer.recording import Exchange, Recording, read, without_secrets
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from junos_peer.tree import parse, plain
from peer_replies import ask, texts
from peer_wire import connect

SOFTWARE = "<get-software-information/>"


def recorded(peer: RemotePeer, out: pathlib.Path, node: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    words = {
        "host": peer.host,
        "port": str(peer.ports[node]),
        "user": peer.user,
        "key": str(peer.private_key),
        "known-hosts": str(peer.known_hosts),
        "node": str(node),
        "out": str(out),
        **more,
    }
    arguments = [part for name, value in words.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "junos_peer", "record", *arguments]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)


def test_what_one_box_says_another_repeats(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "session.jsonl"
    with running_peer(release="21.4R3.15") as real:
        real.fault("foreign-commit", xml="<system><location><building>1</building></location></system>")
        real.clear_log()
        for node in (0, 1):
            done = recorded(real, out, node)
            assert done.returncode == 0, done.stderr
        assert [row["outcome"] for row in real.log("rpc") if row["outcome"] != "ok"] == ["refused: Rollback file 2 does not exist"] * 2
        assert not real.log("commit")
    # each node has one older configuration, and refuses to compare with another
    assert len(out.read_text().splitlines()) == 2 * (len(REQUESTS) + 2)
    assert out.stat().st_mode & 0o077 == 0
    with running_peer(replay=out) as peer:
        for node in (0, 1):
            with peer.netconf(node) as session:
                assert set(texts(ask(session, SOFTWARE), ".//junos-version")) == {"21.4R3.15"}
                assert ask(session, "<get-chassis-inventory/>").find(".//chassis") is not None  # not recorded
        with connect(peer) as wire:
            assert parse(wire.ask(SOFTWARE, 'message-id="my own"')).get("message-id") == "my own"
        assert [row["outcome"] for row in peer.log("rpc", rpc="get-software-information")] == ["replayed"] * 3


def test_an_unknown_host_key_is_refused(peer: RemotePeer, tmp_path: pathlib.Path) -> None:
    nobody = tmp_path / "known_hosts"
    nobody.touch()
    done = recorded(peer, tmp_path / "out", **{"known-hosts": str(nobody)})
    assert done.returncode != 0
    assert "host key" in done.stderr.lower()
    assert not (tmp_path / "out").exists()


def test_the_same_request_gets_one_reply_after_the_other() -> None:
    made = Recording([Exchange(0, SOFTWARE, f'<rpc-reply message-id="9">{number}</rpc-reply>') for number in (1, 2)])
    request = plain(parse(SOFTWARE))
    replies = [made.reply(0, request, "5") for _time in range(3)]
    assert replies == [b'<rpc-reply message-id="5">%d</rpc-reply>' % number for number in (1, 2, 2)]
    assert made.reply(1, request, "5") is None


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("no json", "line 1"), ('{"node": 0}', "line 1"), (json.dumps({"node": 0, "request": "<x", "reply": ""}), "line 1")],
)
def test_a_broken_recording_does_not_start(tmp_path: pathlib.Path, line: str, complaint: str) -> None:
    (tmp_path / "broken").write_text(line)
    with pytest.raises(SystemExit, match=complaint):
        read(tmp_path / "broken")


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("<encrypted-password>$6$abc</encrypted-password>", "<encrypted-password>removed</encrypted-password>"),
        ("<j:psk><j:ascii-text>$9$x</j:ascii-text></j:psk>", "<j:psk><j:ascii-text>removed</j:ascii-text></j:psk>"),
        ('<secret junos:group="g">x</secret>', '<secret junos:group="g">removed</secret>'),
        ("<host-name>a</host-name>", "<host-name>a</host-name>"),
        ("<md5><name>1</name><key>$9$x</key></md5>", "<md5><name>1</name><key>removed</key></md5>"),
        ("<message-digest-key>x</message-digest-key>", "<message-digest-key>removed</message-digest-key>"),
        ("<radius-secret>x</radius-secret>", "<radius-secret>removed</radius-secret>"),
        ("<community><name>hush</name><view>v</view></community>", "<community><name>removed</name><view>v</view></community>"),
        ("<ssh-rsa><name>ssh-rsa AAAA</name></ssh-rsa>", "<ssh-rsa><name>removed</name></ssh-rsa>"),
        ('<x>+   encrypted-password "$6$a$b"; ## SECRET-DATA</x>', '<x>+   encrypted-password removed; ## SECRET-DATA</x>'),
        ('<x>-   secret "hush hush";</x>', '<x>-   secret removed;</x>'),
        ("<x>+   authentication-key hush;</x>", "<x>+   authentication-key removed;</x>"),
        ("<x>+ set snmp community hush view v</x>", "<x>+ set snmp community removed view v</x>"),
        ("<description>the $9$abc one</description>", "<description>the removed one</description>"),
        ("<junos:comment/><key-chain/>", "<junos:comment/><key-chain/>"),
        ("<apply-groups>${node}</apply-groups>", "<apply-groups>${node}</apply-groups>"),
    ],
)  # fmt: skip
def test_secrets_are_not_recorded(reply: str, left: str) -> None:
    assert without_secrets(reply) == left
