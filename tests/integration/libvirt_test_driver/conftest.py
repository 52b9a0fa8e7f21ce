# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's test driver: the real library and its schemas, without a hypervisor, in this process."""

from __future__ import annotations

import pathlib
import typing as t

import libvirt
import pytest
from shared_connection import Shared

NODE = """<node>
  <cpu><mhz>2000</mhz><model>x86_64</model><active>4</active><nodes>1</nodes><sockets>1</sockets><cores>4</cores><threads>1</threads></cpu>
  <memory>67108864</memory>
</node>
"""


@pytest.fixture
def uri(tmp_path: pathlib.Path) -> str:
    """A libvirt of its own, empty. It lives as long as a connection to it does; see ``libvirtd``."""
    node = tmp_path / "node.xml"
    node.write_text(NODE, encoding="utf-8")
    return f"test://{node}"


@pytest.fixture
def libvirtd(monkeypatch: pytest.MonkeyPatch, uri: str) -> t.Iterator[t.Any]:
    """One connection that every part shares, since each new one to test:///file would be another, empty libvirt."""
    libvirt.registerErrorHandler(lambda *unused: None, None)
    libvirt.virEventRegisterDefaultImpl()
    connection = libvirt.open(uri)
    real = libvirt.open
    monkeypatch.setattr(libvirt, "open", lambda requested: Shared(connection) if requested == uri else real(requested))
    yield connection
    connection.close()
