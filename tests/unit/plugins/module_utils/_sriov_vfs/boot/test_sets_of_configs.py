# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any set of other tools' boot files, against a small oracle of whom each means: by name, MAC address, PCI address, driver, ids."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Callable, Optional

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import Severity
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import Pf
from ansible_collections.vsrx.sriov.plugins.module_utils._host.pf_record import PfRecord, PfSettings
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs import persistence
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import other_config_files
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.request import PfRequest, PfTarget
from hypothesis import given, settings
from hypothesis import strategies as st

PFS = (
    Pf("0000:83:00.0", "eno2", ("eno2", "wan"), driver="i40e", vendor_id="8086", device_id="1572", permanent_mac="52:54:00:00:83:00"),
    Pf("0000:84:00.0", "eno3", ("eno3",), driver="ixgbe", vendor_id="8086", device_id="10fb", permanent_mac="52:54:00:00:84:00"),
)
COUNT = 4
#: each way to name a NIC: the values that it can have, those of no NIC of this host last; what a PF has
WAYS: dict[str, tuple[tuple[str, ...], Callable[[Pf], tuple[str, ...]]]] = {
    "name": (("eno2", "wan", "eno3", "eno9"), lambda pf: pf.names),
    "mac": (("52:54:00:00:83:00", "52:54:00:00:84:00", "52:54:00:00:99:00"), lambda pf: (pf.permanent_mac or "",)),
    "address": (("0000:83:00.0", "0000:84:00.0", "0000:99:00.0"), lambda pf: (pf.address,)),
    "driver": (("i40e", "ixgbe", "mlx5_core"), lambda pf: (pf.driver or "",)),
    "device": (("1572", "10fb", "1017"), lambda pf: (pf.device_id or "",)),
}


@dataclasses.dataclass(frozen=True)
class Setting:
    """One NIC in one language: how it is named, the number of VFs, and whether it is certain that this acts at boot."""

    language: str
    way: str
    value: str
    number: int
    certain: bool

    def acts_on(self, pf: Pf) -> Optional[bool]:
        """What the oracle says: surely, perhaps (None), or not at all."""
        if self.value not in WAYS[self.way][1](pf):
            return False
        return True if self.certain else None


def write_udev(setting: Setting) -> str:
    key = {"name": "NAME", "mac": "ATTR{address}", "address": "ENV{ID_PATH}", "driver": "DRIVERS", "device": "ATTRS{device}"}[setting.way]
    value = {"address": f"pci-{setting.value}", "device": f"0x{setting.value}"}.get(setting.way, setting.value)
    own = "" if setting.certain else 'ENV{OWN_KEY}=="1", '
    return f'ACTION=="add", {own}{key}=="{value}", ATTR{{device/sriov_numvfs}}="{setting.number}"\n'


def write_link(setting: Setting) -> str:
    key = {"mac": "PermanentMACAddress=", "address": "Path=pci-", "driver": "Driver=", "device": "Property=ID_MODEL_ID=0x"}[setting.way]
    own = "" if setting.certain else "Host=kvm1\n"
    return f"[Match]\n{own}{key}{setting.value}\n[Link]\nSR-IOVVirtualFunctions={setting.number}\n"


def write_keyfile(setting: Setting) -> str:
    named = {
        "name": f"[connection]\ninterface-name={setting.value}\n",
        "mac": f"[connection]\nid=x\n[ethernet]\nmac-address={setting.value.upper()}\n",
        "address": f"[connection]\nid=x\n[match]\npath=pci-{setting.value};\n",
        "driver": f"[connection]\nid=x\n[match]\ndriver={setting.value};\n",
    }[setting.way]
    own = named if setting.certain else named.replace("[connection]\n", "[connection]\nautoconnect=false\n")
    return f"{own}[sriov]\ntotal-vfs={setting.number}\n"


def write_netplan(setting: Setting) -> str:
    named = {"name": "", "mac": "macaddress", "driver": "driver"}[setting.way]
    match = f'match: {{{named}: "{setting.value}"}}, ' if named else ""
    return f"network: {{ethernets: {{{'nic' if named else setting.value}: {{{match}virtual-function-count: {setting.number}}}}}}}\n"


def write_script(setting: Setting) -> str:
    folder = f"/sys/class/net/{setting.value}/device" if setting.way == "name" else f"/sys/bus/pci/devices/{setting.value}"
    write = f"echo {setting.number} > {folder}/sriov_numvfs"
    return f"#!/bin/sh\n{write}\n" if setting.certain else f"#!/bin/sh\nif grep -q kvm /etc/role; then\n  {write}\nfi\n"


def write_unit(setting: Setting) -> str:
    folder = f"/sys/class/net/{setting.value}/device" if setting.way == "name" else f"/sys/bus/pci/devices/{setting.value}"
    return f"[Service]\nExecStart=/bin/sh -c 'echo {setting.number} > {folder}/sriov_numvfs'\n"


#: each language: how it is written, the path of one file, the ways that it has, whether it knows something that may act
LANGUAGES: dict[str, tuple[Callable[[Setting], str], str, tuple[str, ...], bool]] = {
    "udev": (write_udev, "/etc/udev/rules.d/{}.rules", ("name", "mac", "address", "driver", "device"), True),
    "link": (write_link, "/etc/systemd/network/{}.link", ("mac", "address", "driver", "device"), True),
    "keyfile": (write_keyfile, "/etc/NetworkManager/system-connections/{}.nmconnection", ("name", "mac", "address", "driver"), True),
    "netplan": (write_netplan, "/etc/netplan/{}.yaml", ("name", "mac", "driver"), False),
    "script": (write_script, "/etc/rc.local", ("name", "address"), True),
    "unit": (write_unit, "/etc/systemd/system/vfs{}.service", ("name", "address"), True),
}
#: of these there is one file on a host here: netplan merges all of its files, and rc.local is one
ONE_FILE = ("netplan", "script")


@st.composite
def one_setting(draw: st.DrawFn) -> Setting:
    language = draw(st.sampled_from(sorted(LANGUAGES)))
    _writer, _path, ways, has_uncertain = LANGUAGES[language]
    way = draw(st.sampled_from(ways))
    certain = draw(st.booleans()) if has_uncertain else True
    return Setting(language, way, draw(st.sampled_from(WAYS[way][0])), draw(st.integers(0, 7)), certain)


def place(files: list[Setting], root: Path) -> dict[str, Setting]:
    """Write the files, named in their order; returns what each path sets."""
    found: dict[str, Setting] = {}
    for number, setting in enumerate(files):
        writer, pattern, _ways, _uncertain = LANGUAGES[setting.language]
        path = pattern.format(number)
        if setting.language in ONE_FILE and any(other.language == setting.language for other in found.values()):
            continue
        found[path] = setting
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(writer(setting))
        file.chmod(0o755)
        if setting.language == "unit" and setting.certain:
            wants = root / "etc/systemd/system/multi-user.target.wants"
            wants.mkdir(exist_ok=True)
            (wants / file.name).symlink_to(f"../{file.name}")
    return found


def expect(placed: dict[str, Setting], pf: Pf) -> dict[str, tuple[int, bool]]:
    """The oracle: by path the number and whether it surely acts. Of .link files the first that surely matches ends the search."""
    found: dict[str, tuple[int, bool]] = {}
    linked = False
    for path, setting in sorted(placed.items()):
        acts = setting.acts_on(pf)
        if acts is False or (setting.language == "link" and linked):
            continue
        linked = linked or (setting.language == "link" and acts is True)
        found[path] = (setting.number, acts is True)
    return found


@pytest.mark.mission("S3")
@settings(deadline=None)
@given(st.lists(one_setting(), max_size=7))
def test_each_file_means_whom_it_names_and_only_what_certainly_fights_is_an_error(files: list[Setting]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        placed = place(files, Path(folder))
        others = other_config_files.read(RootFs(folder))
    for pf in PFS:
        made = PfSettings(num_vfs=COUNT)
        record = PfRecord(pf.permanent_mac, pf.address, pf.name, before=PfSettings(), made=made, persist=True)
        target = PfTarget(PfRequest(pf.name or "", num_vfs=COUNT), pf)
        findings = persistence.judge_other_configs([target], {record.key: record}, others)
        output = {
            path: (setting.number, " sets " in finding.found, Severity(finding.severity).value)
            for path, setting in placed.items()
            for finding in findings
            if finding.found.startswith((f"{path},", f"{path} ")) and f" {setting.number} VFs " in finding.found
        }
        expected = {
            path: (number, surely, "error" if surely and number != COUNT else "warning")
            for path, (number, surely) in expect(placed, pf).items()
        }
        assert output == expected and len(findings) == len(expected), findings
