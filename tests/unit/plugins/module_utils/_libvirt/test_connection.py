# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A libvirt of another host is not asked: VFs, PFs and records are read on this one."""

from __future__ import annotations

import types
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _libvirt as _hypervisor
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import connection


class OpenedError(Exception):
    """libvirt was asked to connect."""


@pytest.fixture(autouse=True)
def _libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(uri: str) -> t.NoReturn:
        raise OpenedError(uri)

    calls = {"registerErrorHandler": lambda *_unused: None, "virEventRegisterDefaultImpl": lambda: None}
    monkeypatch.setattr(connection, "libvirt", types.SimpleNamespace(open=opened, libvirtError=ConnectionError, **calls))
    monkeypatch.setattr(connection, "_has_daemon", lambda: True)


@pytest.mark.parametrize("ask", [_hypervisor.Connection, _hypervisor.observe])
@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("qemu+ssh://kvm2/system", "kvm2"),
        ("qemu+ssh://root@kvm2.example.net:2222/system?keyfile=/root/key", "kvm2.example.net"),
        ("qemu+tls://[2001:db8::2]/system", "2001:db8::2"),
        ("qemu://kvm2/system", "kvm2"),
        ("test://kvm2/default", "kvm2"),
    ],
)
def test_another_hosts_libvirt_is_refused_before_it_gets_requests(ask: t.Callable[[str], t.Any], uri: str, host: str) -> None:
    with pytest.raises(VsrxError) as refused:
        ask(uri)
    assert refused.value.message.startswith(f"{uri} is the libvirt of host {host}") and f"delegate_to: {host}" in refused.value.message


@pytest.mark.parametrize("uri", ["qemu+ssh://[kvm2/system", "qemu://[::1/system"])
def test_a_uri_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(VsrxError, match="is no URI"):
        _hypervisor.Connection(uri)


@pytest.mark.parametrize("ask", [_hypervisor.Connection, _hypervisor.observe])
@pytest.mark.parametrize(
    "uri",
    [
        "qemu:///system",
        "qemu:///session",
        "qemu+unix:///system?socket=/run/lab/libvirt-sock",
        "qemu+unix:///system?socket=/run/kvm2:16509/sock",
        "qemu+tcp://127.0.0.1/system",
        "qemu+ssh://root@localhost/system",
        "test:///default",
        "test:///tmp/a/host.xml",
    ],
)
def test_the_libvirt_of_the_host_itself_gets_requests(ask: t.Callable[[str], t.Any], uri: str) -> None:
    with pytest.raises(OpenedError, match="^" + uri.replace("?", r"\?").replace("+", r"\+") + "$"):
        ask(uri)
