# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One domain in libvirt's test driver, and the module's options for it; only the host's VFs are made up."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import IpError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.journal import Journal
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.module import converge
from support.domain_shapes import host, vf, xml_of

PORTS = [{"vf": vf(0), "mac": "02:5a:00:00:00:01"}, {"vf": vf(0, 1)}]


class MadeUp:
    """A host whose VFs go to VFIO as soon as a domain runs."""

    def __init__(self, **changes: t.Any) -> None:
        self.host = host(**changes)
        self.driver: t.Optional[str] = "vfio-pci"
        self.process: t.Optional[str] = "process 1 (qemu)"
        self.refuses: set[str] = set()
        self.commands: list[tuple[str, int, dict[str, t.Any]]] = []
        #: the functions whose netdevs were waited for, one entry for each wait
        self.settled: list[list[str]] = []

    def read(self, request: t.Any, present: t.Any) -> t.Any:
        return self.host

    def find_driver(self, function: str) -> t.Optional[str]:
        return self.driver

    def find_process(self, function: str) -> t.Optional[str]:
        return self.process

    def read_device_functions(self) -> dict[str, str]:
        return {}

    def has_function(self, function: str) -> bool:
        return function in self.host.functions

    def read_attributes(self, pf: str, index: int) -> dict[str, t.Any]:
        return dict(self._vf(pf, index).attributes)

    def set_attributes(self, pf: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        """The PF's driver: ``refuses`` are attributes that it does not take."""
        if self.refuses & set(values):
            raise IpError("'ip link set': Operation not supported", "Operation not supported")
        self.commands.append((pf, index, dict(values)))
        vf = self._vf(pf, index)
        changed = dataclasses.replace(vf, attributes={**vf.attributes, **values})
        self.host = dataclasses.replace(self.host, functions={**self.host.functions, vf.address: changed})

    def _vf(self, pf: str, index: int) -> t.Any:
        found = self.host.find_pf(pf)
        assert found is not None
        return self.host.functions[found.vfs[index]]

    def settle(self, functions: t.Iterable[str] = ()) -> None:
        self.settled.append(sorted(functions))


class Site:
    """One domain in the test driver, and the module's options for it."""

    def __init__(self, libvirtd: t.Any, uri: str, folder: pathlib.Path, shape: str = "q35-virtio-two") -> None:
        self.libvirtd = libvirtd
        self.domain = libvirtd.defineXML(xml_of(shape))
        self.options = {"uri": uri, "name": "vsrx", "shutdown_timeout": 30, "force_off": False, "state_dir": str(folder / "state")}
        self.lock = str(folder / "lock")
        self.reader = MadeUp()

    def converge(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return converge({**self.options, **options}, self.reader, check, HostLock(self.lock))

    @property
    def inactive(self) -> str:
        return str(self.domain.XMLDesc(2))

    @property
    def functions(self) -> list[str]:
        return [row["vf"] for row in self.converge(check=True)["ports"] if row["vf"]]

    @property
    def journal(self) -> Journal:
        return Journal(self.options["state_dir"], self.domain.UUIDString())
