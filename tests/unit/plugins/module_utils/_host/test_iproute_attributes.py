# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes of a VF through its PF: what is tried again when the link is up, and what fails at once."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import iproute
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip, IpError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from support.fake_host import FakeHost, FakeIp


class Link:
    """A PF whose driver takes no rate before its link is up, which is after ``looks`` looks at it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
        self.host = FakeHost(folder)
        self.host.pf(vfs=1)
        self.ip = FakeIp(self.host, refuses=["max_tx_rate"])
        self.access = HostAccess(self.host.fs, Ip(self.ip))
        self.looks = 0
        self._needed = looks
        self._show()
        monkeypatch.setattr(iproute.time, "sleep", self._pass_time)

    def _show(self) -> None:
        (self.host.net / "eno2/carrier").write_text("1\n" if self.looks >= self._needed else "0\n")

    def _pass_time(self, _seconds: float) -> None:
        self.looks += 1
        self._show()
        if self.looks >= self._needed:
            self.ip.refuses = []

    def set(self, values: t.Mapping[str, t.Any]) -> None:
        iproute.set_group(self.access.ip, self.access.fs, "eno2", 0, values)


def test_a_rate_is_set_as_soon_as_the_link_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Link(tmp_path, monkeypatch, looks=3)
    link.set({"min_tx_rate": 0, "max_tx_rate": 500})
    assert link.looks == 3
    assert link.ip.commands == ["eno2 vf 0 min_tx_rate 0 max_tx_rate 500"] * 2


def test_a_rate_that_is_refused_on_a_link_that_is_up_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Link(tmp_path, monkeypatch, looks=0)
    with pytest.raises(IpError):
        link.set({"max_tx_rate": 500})
    assert (link.looks, len(link.ip.commands)) == (0, 1)


def test_what_needs_no_link_does_not_wait_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Link(tmp_path, monkeypatch, looks=3)
    link.ip.refuses = ["trust"]
    with pytest.raises(IpError):
        link.set({"trust": True})
    assert (link.looks, len(link.ip.commands)) == (0, 1)


def test_only_the_groups_that_are_given_are_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Link(tmp_path, monkeypatch, looks=0)
    iproute.set_attributes(link.access.ip, link.access.fs, "eno2", 0, {"spoofchk": False})
    iproute.set_attributes(link.access.ip, link.access.fs, "eno2", 0, {"min_tx_rate": 10})
    assert link.ip.commands == ["eno2 vf 0 spoofchk off", "eno2 vf 0 min_tx_rate 10 max_tx_rate 0"]
