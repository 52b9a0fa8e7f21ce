# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the trial on a real image: its CD, its command line, and the comparison of replies."""

from __future__ import annotations

import pathlib

import pytest
from junos_peer.recording import Exchange
from vsrx import iso, machines, shapes


def test_the_cd_holds_the_configuration(tmp_path: pathlib.Path) -> None:
    files = {"juniper.conf": b"system { }\n" * 500, "other.txt": b"x"}
    iso.write_iso(tmp_path / "cd", files)
    assert iso.read_iso(tmp_path / "cd") == files
    image = (tmp_path / "cd").read_bytes()
    assert image[16 * 2048 : 16 * 2048 + 7] == b"\1CD001\1" and len(image) % 2048 == 0
    assert int.from_bytes(image[16 * 2048 + 80 : 16 * 2048 + 84], "little") * 2048 == len(image)


def test_each_link_of_one_node_leads_to_the_other(tmp_path: pathlib.Path) -> None:
    links = [(11, 12), (21, 22), (31, 32)]
    nodes = [machines.Machine(0, tmp_path, 8300, links), machines.Machine(1, tmp_path, 8301, [(b, a) for a, b in links])]
    lines = [" ".join(node.render_command("qemu", "pc", 4096)) for node in nodes]
    assert "socket,id=em0,udp=127.0.0.1:12,localaddr=127.0.0.1:11" in lines[0]
    assert "socket,id=em0,udp=127.0.0.1:11,localaddr=127.0.0.1:12" in lines[1]
    macs = [word for line in lines for word in line.split() if word.startswith("virtio-net-pci")]
    assert len(macs) == len(set(macs)) == 8


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        ("<rpc-reply><error><message>chassis cluster is not enabled</message></error></rpc-reply>", False),
        ("<rpc-reply><chassis-cluster-status><device-name/><s>primary</s></chassis-cluster-status></rpc-reply>", False),
        ("<rpc-reply><chassis-cluster-status><device-name/><s>primary</s><s>secondary</s></chassis-cluster-status></rpc-reply>", True),
        (
            "<rpc-reply><chassis-cluster-status><device-name/><s>secondary-hold</s><s>primary</s></chassis-cluster-status></rpc-reply>",
            False,
        ),
    ],
)
def test_a_cluster_is_whole_with_a_primary_and_a_secondary(reply: str, whole: bool) -> None:
    assert machines.is_whole(reply) is whole


def test_elements_that_only_one_of_the_two_sends_are_named() -> None:
    recorded = [Exchange(0, "<get-x/>", "<rpc-reply><a><b/></a><c/></rpc-reply>"), Exchange(0, "<get-y/>", "garbage")]
    answered = [Exchange(0, "<get-x/>", "<nc:rpc-reply xmlns:nc='n'><a><b/><d/></a></nc:rpc-reply>")]
    assert shapes.compare_shapes(recorded, answered) == [
        shapes.Difference("get-x", ("/rpc-reply/c",), ("/rpc-reply/a/d",)),
        shapes.Difference("get-y", ("(no whole XML)",), ()),
    ]
    assert "  + /rpc-reply/c" in shapes.render(shapes.compare_shapes(recorded, answered))


def test_what_an_operator_configures_is_no_shape() -> None:
    assert shapes.find_paths("<rpc-reply><configuration><system/></configuration></rpc-reply>") == {
        "/rpc-reply",
        "/rpc-reply/configuration",
    }
