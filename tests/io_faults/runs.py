# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process that runs a module three times on the same host: a system call of the first run may be made to fail from outside.

It prints what each run said, where the host ended, and which files the runs left that no undisturbed run leaves.
``python -m io_faults.runs sriov_vfs FOLDER [BYTES]``; with BYTES, no file grows beyond that in the first run.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pathlib
import resource
import sys
import traceback
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError

#: stat calls that a trace shows before and after the first run
BEGIN, END = "/vsrx-sriov-begin", "/vsrx-sriov-end"
PF = "0000:83:00.0"
TOP = pathlib.Path(__file__).parents[1]


class Subject(t.Protocol):
    """A module on a host of its own."""

    def run(self) -> bool:
        """Run once; whether it changed anything."""

    def state(self) -> t.Any:
        """What the host is like."""


class Vfs:
    """VFs with attributes on a host made of files, and their record for the next boot."""

    def __init__(self, folder: pathlib.Path) -> None:
        from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs, process, reader, vf_user_reader
        from support.fake_host import FakeHost, FakeIp

        self.host = FakeHost(folder)
        self.host.pf()
        self.host.systemd()
        self.ip = FakeIp(self.host)
        fs.write_file = self.host.put
        vf_user_reader.NETDEV_SECONDS = 0.1
        process.settle_udev = lambda seconds: None
        reader.read_libvirt_users = list

    def run(self) -> bool:
        from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
        from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
        from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
        from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot.unit import Store
        from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.module import Options, configure
        from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.request import parse

        wanted = {"pf": "eno2", "num_vfs": 2, "up": True, "mtu": 9000, "vfs": [{"vf": 0, "mac": "02:5a:00:00:00:01", "vlan": 100}]}
        root = str(self.host.root)
        done = configure(
            Options(tuple(parse([wanted])), True),
            check=False,
            access=HostAccess(self.host.fs, Ip(self.ip)),
            store=Store(root),
            lock=HostLock(str(self.host.root / "lock"), 5),
        )
        return bool(done["changed"])

    def state(self) -> t.Any:
        kept = self.host.root / "var/lib/vsrx-sriov/state.json"
        links = [json.loads((self.host.devices / PF / name / "attributes").read_text()) for name in self.host.vfs(PF)]
        return {"vfs": links, "record": json.loads(kept.read_text()), "up": self.host.is_up(PF), "files": list_files(self.host.root)}


class Hostdev:
    """Two ports for a running domain of libvirt's test driver."""

    def __init__(self, folder: pathlib.Path) -> None:
        sys.path.insert(0, str(TOP / "integration/libvirt_test_driver"))
        import libvirt

        node_xml = importlib.import_module("conftest").NODE
        shared = importlib.import_module("shared_connection").Shared
        self.helpers = importlib.import_module("hostdev_site")
        folder.mkdir(parents=True)
        node = folder / "node.xml"
        node.write_text(node_xml, encoding="utf-8")
        libvirt.registerErrorHandler(lambda *unused: None, None)
        libvirt.virEventRegisterDefaultImpl()
        connection = libvirt.open(f"test://{node}")
        libvirt.open = lambda _uri: shared(connection)
        self.folder = folder
        self.site = self.helpers.Site(connection, f"test://{node}", folder)
        self.site.domain.create()

    def run(self) -> bool:
        return bool(self.site.converge(ports=self.helpers.PORTS, power="cycle")["changed"])

    def state(self) -> t.Any:
        return {
            "definition": self.site.inactive,
            "runs": self.site.domain.isActive(),
            "under_way": self.site.journal.read_unfinished() is not None,
            "files": list_files(self.folder),
        }


SUBJECTS: dict[str, t.Callable[[pathlib.Path], Subject]] = {"sriov_vfs": Vfs, "vsrx_hostdev": Hostdev}


def list_files(folder: pathlib.Path) -> list[str]:
    """Names below a folder, but those of the kernel and of this host's own making, and the backups, which have the time in their names."""
    names = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [str(name) for name in names if name.parts[0] not in OUTSIDE and (name.suffix != ".xml" or name.name == "original.xml")]


OUTSIDE = ("sys", "proc", "bin", "writes", "systemctl", "node.xml")


def try_run(subject: Subject) -> dict[str, t.Any]:
    try:
        return {"changed": subject.run()}
    except VsrxError as failure:
        return {"error": failure.message}
    except BaseException:
        return {"traceback": traceback.format_exc()}


def main(kind: str, folder: str, limit: str = "") -> None:
    subject = SUBJECTS[kind](pathlib.Path(folder))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    # What is loaded late is loaded now: the calls of the first run are those of its work.
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), unlimited[1]))
    with contextlib.suppress(OSError):
        pathlib.Path(BEGIN).stat()
    first = try_run(subject)
    with contextlib.suppress(OSError):
        pathlib.Path(END).stat()
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    print(json.dumps({"first": first, "second": try_run(subject), "third": try_run(subject), "state": subject.state()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
