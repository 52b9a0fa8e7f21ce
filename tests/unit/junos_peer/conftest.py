# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated cluster in the process of the test."""

from __future__ import annotations

import typing as t

import pytest
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer


@pytest.fixture
def peer() -> t.Iterator[RemotePeer]:
    with running_peer() as running:
        yield running


@pytest.fixture
def standalone() -> t.Iterator[RemotePeer]:
    with running_peer(personality="standalone") as running:
        yield running


@pytest.fixture(params=[False, True], ids=["default", "rfc-compliant"])
def either_style(request: pytest.FixtureRequest) -> t.Iterator[RemotePeer]:
    with running_peer(rfc_compliant=request.param) as running:
        yield running
