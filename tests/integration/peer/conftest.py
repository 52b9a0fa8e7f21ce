# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated cluster that listens on SSH, for the tests that connect to it as to a real one."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import typing as t

import pytest
from harness import Runner, inventory_of
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer


@pytest.fixture
def options() -> dict[str, t.Any]:
    """How the peer is started; a test overrides it with parametrize."""
    return {}


@pytest.fixture
def peer(options: dict[str, t.Any]) -> t.Iterator[RemotePeer]:
    with running_peer(**options) as running:
        yield running


@pytest.fixture
def folder() -> t.Iterator[pathlib.Path]:
    """Short, since it holds Unix sockets."""
    made = pathlib.Path(tempfile.mkdtemp(prefix="vsrx-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def runner(peer: RemotePeer, folder: pathlib.Path) -> Runner:
    return Runner(folder, inventory_of({"vsrx1": peer}))


@pytest.fixture
def other() -> t.Iterator[RemotePeer]:
    """Another cluster."""
    with running_peer() as running:
        yield running


@pytest.fixture
def both(peer: RemotePeer, other: RemotePeer, folder: pathlib.Path) -> Runner:
    """Plays on two clusters."""
    return Runner(folder, inventory_of({"vsrx1": peer, "vsrx2": other}))
