# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What brings VFs back at boot: the instructions for the restorer and its systemd unit, and the store that keeps records and boot files.

The restorer gets plain words, so that it needs to know nothing of the collection. Files are for root only, and replaced as a whole.
"""

from __future__ import annotations

import json
import os
import pathlib
import pkgutil
import re
import shutil
import stat
import subprocess
import sys
import typing as t

from ..._errors import ApplyError
from ..._host.attribute_table import ATTRIBUTE, ATTRIBUTE_GROUPS, format_vf_words
from ..._host.files import check_folder, explain_os_errors, look_at, read_small, write_atomically
from ..._host.pf_record import PfRecord, format_json, parse_json
from . import restore

#: what a VF without a VLAN has
_WITHOUT_VLAN = {"qos": 0, "vlan_proto": "802.1Q"}
_FOLDER = "var/lib/vsrx-sriov"
_UNITS = "etc/systemd/system"
UNIT = "vsrx-sriov.service"
_PYTHON = "/usr/bin/python3"
_OLDEST = 7
_VERSION = re.compile(r"python3\.([0-9]{1,3})$")
_EXEC = re.compile(r"^ExecStart=(\S+)", re.MULTILINE)
_UNIT_TEXT = """# Written by vsrx.sriov; changes are overwritten.
[Unit]
Description=SR-IOV virtual functions made by vsrx.sriov
DefaultDependencies=no
After=local-fs.target systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service
After=netplan-sriov-apply.service openibd.service
Wants=network-pre.target
Before=network-pre.target libvirtd.service virtqemud.service virtnetworkd.service virtnodedevd.service libvirt-guests.service
Conflicts=shutdown.target
Before=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=900
ExecStart={python} -I {restorer} {instructions_path}

[Install]
WantedBy=multi-user.target
"""


def _group_attributes(values: t.Mapping[str, t.Any]) -> t.Iterator[dict[str, t.Any]]:
    """Return the attributes by what is set together.

    Defaults that go with a VLAN are not set without one: the command has to name a VLAN, and would take away one that was not asked about.
    """
    for keys in ATTRIBUTE_GROUPS:
        given = {key: values[key] for key in keys if key in values}
        if given.items() - _WITHOUT_VLAN.items():
            yield given


def make_instructions(records: t.Iterable[PfRecord]) -> list[dict[str, t.Any]]:
    """Return for each PF that comes back at boot how to know it, how many VFs, and the arguments of each 'ip link set'."""
    found = []
    for record in records:
        if not record.persist:
            continue
        made = record.made
        commands = [(given, format_vf_words(index, given)) for index, values in made.vfs.items() for given in _group_attributes(values)]
        # Rates come last: drivers drop the PF's link when VFs come, and some take rates only while it is up.
        commands.sort(key=lambda each: any(ATTRIBUTE[name].needs_link for name in each[0]))
        first = [["mtu", str(made.mtu)]] if made.mtu is not None else []
        first += [["up"]] if made.up else []
        found.append(
            {
                "permanent_mac": record.permanent_mac,
                "address": record.address,
                "name": record.name,
                "num_vfs": made.num_vfs,
                "drivers_autoprobe": made.drivers_autoprobe,
                "link": first,
                "vfs": [words for _given, words in commands],
                "down": made.up is False,
            }
        )
    return found


def make_unit(python: str, restorer: str, instructions_path: str) -> str:
    """Return the systemd unit.

    It runs before every network manager and before anything of libvirt's, and after what may create VFs by itself: netplan's unit and
    Mellanox' OFED.
    """
    return _UNIT_TEXT.format(python=python, restorer=restorer, instructions_path=instructions_path)


def _replace(path: pathlib.Path, text: str, mode: int) -> None:
    with explain_os_errors(path, "written"):
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_atomically(path, text, mode)


def _remove(path: pathlib.Path) -> None:
    with explain_os_errors(path, "removed"):
        path.unlink(missing_ok=True)


def _is(path: pathlib.Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except OSError:
        return False


def _is_fit(python: pathlib.Path) -> bool:
    """Tell whether the unit can start this interpreter: it is there, and its name does not say that it is older than 3.7."""
    version = _VERSION.search(os.path.realpath(python))
    return look_at(python) is not None and (version is None or int(version.group(1)) >= _OLDEST)


class Store:
    """The records under a root."""

    def __init__(self, root: str = "/") -> None:
        top = self._top = pathlib.Path(root)
        self._folder = top / _FOLDER
        self.state = self._folder / "state.json"
        self._boot = self._folder / "boot.json"
        self._restorer = self._folder / "restore.py"
        self._unit = top / _UNITS / UNIT
        self._wanted = top / _UNITS / "multi-user.target.wants" / UNIT
        #: there from before the unit is touched until systemd knows it, so that a run that fails between is not taken as done
        self._due = self._folder / "reload.due"
        self._systemd = Systemd(root)

    @property
    def can_persist(self) -> bool:
        """Tell whether anything can act at the host's boot."""
        return self._systemd.is_here

    def read(self) -> dict[str, PfRecord]:
        """Return the records by key; none where nothing was recorded, or where this user may not look."""
        check_folder(self._folder)
        try:
            with explain_os_errors(self.state, "read"):
                try:
                    data = json.loads(read_small(self.state))
                except (FileNotFoundError, PermissionError):
                    return {}
        except (ValueError, RecursionError):
            data = None
        return parse_json(data, str(self.state))

    def write(self, records: t.Mapping[str, PfRecord]) -> None:
        """Keep the records; without any the file goes."""
        if records == self.read():
            return
        if not records:
            _remove(self.state)
            return
        self._make_folder()
        _replace(self.state, json.dumps(format_json(records), indent=2, sort_keys=True) + "\n", 0o600)

    def _make_folder(self) -> None:
        check_folder(self._folder)
        with explain_os_errors(self._folder, "made"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)

    def _python(self) -> str:
        """Return the interpreter for boot: the system's own, else the one that runs this module.

        RHEL 8's own is 3.6, which the restorer does not run on. An interpreter that the unit names already stays as long as it is fit, so
        that two controllers do not take turns.
        """
        if _is_fit(self._top / _PYTHON.lstrip("/")):
            return _PYTHON
        try:
            named = _EXEC.search(self._unit.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            named = None
        if named and _is_fit(pathlib.Path(named.group(1))) and named.group(1) != _PYTHON:
            return named.group(1)
        return sys.executable

    def find_obstacle(self) -> t.Optional[str]:
        """Say why nothing may be installed for boot; None where it may."""
        python = pathlib.Path(self._python())
        found = None if str(python) == _PYTHON else look_at(python)
        if found is None or found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o002:
            return None
        return (
            f"persist: {python} would run as root at boot, and its owner (user id {found.st_uid}) or others can change it; "
            "set ansible_python_interpreter to the system's Python, or set persist: false"
        )

    def _texts(self, records: t.Mapping[str, PfRecord]) -> list[tuple[pathlib.Path, str, int]]:
        source = pkgutil.get_data(restore.__package__ or "", "restore.py") or b""
        text = json.dumps(make_instructions(records.values()), indent=2) + "\n"
        return [
            (self._boot, text, 0o600),
            (self._restorer, source.decode(), 0o700),
            (self._unit, make_unit(self._python(), str(self._restorer), str(self._boot)), 0o644),
        ]

    def _is_wanted(self) -> bool:
        found = look_at(self._wanted, follow=False)
        return found is not None and stat.S_ISLNK(found.st_mode)

    def is_boot_current(self, records: t.Mapping[str, PfRecord]) -> bool:
        """Tell whether the next boot does what these records say, and whether systemd knows."""
        if look_at(self._due):
            return False
        if not any(record.persist for record in records.values()):
            return not look_at(self._unit) and not self._is_wanted() and not look_at(self._boot)
        return self._is_wanted() and all(_is(path, text) for path, text, _mode in self._texts(records))

    def install_boot(self, records: t.Mapping[str, PfRecord]) -> None:
        """Have the next boot do what these records say; without anything to bring back the unit goes."""
        if self.is_boot_current(records):
            return
        self._make_folder()
        _replace(self._due, "", 0o600)
        if any(record.persist for record in records.values()):
            for path, text, mode in self._texts(records):
                if not _is(path, text):
                    _replace(path, text, mode)
            with explain_os_errors(self._wanted, "made"):
                self._wanted.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                if not self._is_wanted():
                    self._wanted.symlink_to(f"../{UNIT}")
        else:
            for path in (self._wanted, self._unit, self._boot, self._restorer):
                _remove(path)
        self._systemd.reload()
        _remove(self._due)


_RELOAD_SECONDS = 60.0


class Systemd:
    """The systemd of the host under a root."""

    def __init__(self, root: str = "/") -> None:
        top = pathlib.Path(root)
        self._path = os.pathsep.join(str(top / folder) for folder in ("usr/bin", "bin"))
        #: there only where systemd is what runs the host: its programs alone may be in a container too
        self._running = top / "run/systemd/system"

    @property
    def _program(self) -> t.Optional[str]:
        return shutil.which("systemctl", path=self._path) if look_at(self._running) else None

    @property
    def is_here(self) -> bool:
        """Tell whether systemd runs the host."""
        return self._program is not None

    def reload(self) -> None:
        """Run daemon-reload; nothing is done without systemd."""
        program = self._program
        if program is None:
            return
        try:
            # pylint: disable-next=ansible-bad-function  # no module is in reach here, and run_command knows no deadline
            done = subprocess.run(
                [program, "daemon-reload"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_RELOAD_SECONDS
            )
        except subprocess.TimeoutExpired:
            answer = f"no answer for {_RELOAD_SECONDS:.0f} s"
        else:
            if done.returncode == 0:
                return
            answer = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
        raise ApplyError(
            f"'systemctl daemon-reload' failed: {answer}. The VFs and the files for the next boot are as asked, but systemd does not know "
            "these files yet; repair systemd, then run again"
        )
