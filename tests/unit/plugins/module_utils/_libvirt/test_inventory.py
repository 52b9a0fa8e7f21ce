# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A libvirt that offers no networks has none; one that fails to list them is an error."""

from __future__ import annotations

import errno
import types
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import connection, inventory

NO_SUPPORT, NO_CONNECT, SYSTEM_ERROR, RPC, INTERNAL_ERROR, NO_NETWORK = 3, 5, 38, 39, 1, 43


class LibvirtError(Exception):
    """libvirt's error as its Python binding shows it."""

    def __init__(self, code: int, number: int = 0, text: str = "") -> None:
        super().__init__(text)
        self._code = code
        self._number = number

    def get_error_code(self) -> int:
        return self._code

    def get_int1(self) -> int:
        return self._number


class _Handle:
    def __init__(self, failure: LibvirtError) -> None:
        self._failure = failure

    def listAllDomains(self, _flags: int) -> list[t.Any]:  # noqa: N802
        return []

    def listAllNetworks(self, _flags: int) -> t.NoReturn:  # noqa: N802
        raise self._failure

    def isAlive(self) -> bool:  # noqa: N802
        return True


@pytest.fixture(autouse=True)
def _libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {
        "VIR_ERR_NO_SUPPORT": NO_SUPPORT,
        "VIR_ERR_NO_CONNECT": NO_CONNECT,
        "VIR_ERR_SYSTEM_ERROR": SYSTEM_ERROR,
        "VIR_ERR_NO_DOMAIN": 42,
        "VIR_ERR_NO_NETWORK": NO_NETWORK,
        "VIR_CONNECT_LIST_DOMAINS_TRANSIENT": 8,
        "VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE": 256,
        "VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT": 1024,
    }
    library = types.SimpleNamespace(libvirtError=LibvirtError, **codes)
    monkeypatch.setattr(inventory, "libvirt", library)
    monkeypatch.setattr(connection, "libvirt", library)


def _read(failure: LibvirtError) -> t.Any:
    opened = connection.Connection.__new__(connection.Connection)
    opened.uri = "qemu:///system"
    opened.handle = _Handle(failure)
    return inventory.read(opened)


@pytest.mark.parametrize(
    "failure",
    [
        # libvirtd of Debian 13 without libvirt_driver_network.so
        LibvirtError(NO_SUPPORT, text="this function is not supported by the connection driver: virConnectListAllNetworks"),
        # RHEL 9 and 10 without virtnetworkd (crc-org/crc#2839, vagrant-libvirt#1258): virtqemud connects to its socket on demand
        LibvirtError(SYSTEM_ERROR, errno.ENOENT, "Failed to connect socket to '/var/run/libvirt/virtnetworkd-sock'"),
        # virtnetworkd.socket stopped, its file left behind (hashicorp/vagrant#12664 has the same for virtstoraged)
        LibvirtError(SYSTEM_ERROR, errno.ECONNREFUSED, "Failed to connect socket to '/var/run/libvirt/virtnetworkd-sock'"),
        # a libvirt that was built without the network driver answers the URI network:///system so (virConnectOpenInternal)
        LibvirtError(NO_CONNECT, text="no connection driver available for network:///system"),
    ],
    ids=["driver-missing", "daemon-missing", "daemon-off", "built-without"],
)
def test_a_libvirt_without_networks_has_none(failure: LibvirtError) -> None:
    state = _read(failure)
    assert state.networks == () and state.domains == ()


@pytest.mark.parametrize("number", [NO_CONNECT, SYSTEM_ERROR, RPC])
def test_a_libvirt_without_qemus_driver_has_no_domains(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Debian 13 and Fedora have each driver in a package of its own: libvirtd alone serves LXC or Xen (virConnectOpenInternal).

    A daemon that does not answer is another matter: what it has defined is not known.
    """

    def refuse(uri: str) -> t.NoReturn:
        raise LibvirtError(number, errno.ENOENT, f"no connection driver available for {uri}")

    monkeypatch.setattr(connection, "is_available", lambda _uri: True)
    for name, value in {"open": refuse, "registerErrorHandler": lambda *_: None, "virEventRegisterDefaultImpl": lambda: None}.items():
        monkeypatch.setattr(connection.libvirt, name, value, raising=False)
    if number == NO_CONNECT:
        assert inventory.observe() is None
    else:
        with pytest.raises(VsrxError, match="does not answer"):
            inventory.observe()
    with pytest.raises(VsrxError, match="has no driver for it" if number == NO_CONNECT else "does not answer"):
        connection.Connection("qemu:///system")


@pytest.mark.parametrize(
    "failure",
    [
        LibvirtError(RPC, text="Timed out during operation"),
        LibvirtError(SYSTEM_ERROR, errno.EACCES, "Failed to connect socket: Permission denied"),
        LibvirtError(SYSTEM_ERROR, errno.ECONNRESET, "Cannot recv data: Connection reset by peer"),
        LibvirtError(INTERNAL_ERROR, text="client socket is closed"),
    ],
)
def test_networks_that_cannot_be_listed_are_an_error(failure: LibvirtError) -> None:
    with pytest.raises(VsrxError, match="reading the domains"):
        _read(failure)


class _Network:
    """A network that another client undefines after it was listed, or that the daemon no longer describes."""

    def __init__(self, failure: t.Optional[LibvirtError]) -> None:
        self._failure = failure

    def name(self) -> str:
        return "default"

    def isActive(self) -> int:  # noqa: N802
        return 1

    def XMLDesc(self, _flags: int) -> str:  # noqa: N802
        if self._failure is not None:
            raise self._failure
        return "<network/>"


@pytest.mark.parametrize(
    ("failure", "left"),
    [
        # found beyond the report: virsh net-undefine meanwhile (networkObjFromNetwork)
        (LibvirtError(NO_NETWORK, text="Network not found: no network with matching name 'default'"), 0),
        (None, 1),
        # virtnetworkd ends after the listing: what it has defined is not known
        (LibvirtError(SYSTEM_ERROR, errno.ECONNREFUSED, "Failed to connect socket to '/var/run/libvirt/virtnetworkd-sock'"), None),
        (LibvirtError(RPC, text="client socket is closed"), None),
    ],
)
def test_a_network_that_is_listed_and_gone(
    monkeypatch: pytest.MonkeyPatch, failure: t.Optional[LibvirtError], left: t.Optional[int]
) -> None:
    monkeypatch.setattr(_Handle, "listAllNetworks", lambda *_unused: [_Network(failure)])
    if left is None:
        with pytest.raises(VsrxError, match="reading the domains"):
            _read(LibvirtError(0))
    else:
        assert len(_read(LibvirtError(0)).networks) == left
