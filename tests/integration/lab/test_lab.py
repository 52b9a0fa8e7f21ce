# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab is what the tests of the collection take it for: real SR-IOV, a real IOMMU, real libvirt and VFIO."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest
from lab import domains

PFS = {"eno2": "0000:01:00.0", "eno3": "0000:02:00.0"}
PLAIN = "eno4"
FIRST_VF = "0000:01:10.0"
MAC = "02:5a:00:00:00:01"
GUEST_ADDRESS = "<address type='pci' domain='0' bus='0' slot='7' function='0'/>"
HOSTDEV = f"""
<interface type='hostdev' managed='yes'>
  <mac address='{MAC}'/>
  <driver name='vfio'/>
  <source><address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x0'/></source>
</interface>
"""

pytestmark = pytest.mark.lab


def link(host: Any, name: str) -> dict[str, Any]:
    (found,) = json.loads(host.run(["ip", "-d", "-j", "link", "show", "dev", name]).stdout)
    return dict(found)


def driver(host: Any, address: str) -> str:
    return str(host.run(["readlink", f"/sys/bus/pci/devices/{address}/driver"]).stdout.strip().rsplit("/", 1)[-1])


def make_vfs(host: Any, pf: str, count: int) -> None:
    host.run(["ip", "link", "set", pf, "up"])
    host.write(f"/sys/class/net/{pf}/device/sriov_numvfs", str(count))
    host.run(["udevadm", "settle"])


@pytest.mark.mission("S1", "S2", "S3")
def test_two_pfs_with_seven_vfs_and_a_nic_without(fresh_host: Any) -> None:
    for name, address in PFS.items():
        device = f"/sys/class/net/{name}/device"
        assert fresh_host.run(["readlink", "-f", device]).stdout.strip().endswith(address)
        assert fresh_host.read(f"{device}/sriov_totalvfs") == "7"
        assert fresh_host.read(f"{device}/sriov_numvfs") == "0"
    assert fresh_host.run(["ls", f"/sys/class/net/{PLAIN}/device/sriov_totalvfs"], check=False).returncode != 0


@pytest.mark.mission("S18")
def test_each_nic_has_an_iommu_group_of_its_own(lab_host: Any) -> None:
    groups = {name: lab_host.run(["readlink", f"/sys/class/net/{name}/device/iommu_group"]).stdout.strip() for name in [*PFS, PLAIN]}
    assert all(groups.values()) and len(set(groups.values())) == len(groups), groups
    assert lab_host.run(["ls", "/sys/class/iommu"]).stdout.split() == ["dmar0"]


def test_the_domains_are_defined_and_shut_off(fresh_host: Any) -> None:
    expected = {path.stem for path in domains.files()}
    assert set(fresh_host.run(["virsh", "list", "--inactive", "--name"]).stdout.split()) == expected


@pytest.mark.mission("S21")
def test_a_vf_goes_to_vfio_while_its_domain_runs_and_comes_back(fresh_host: Any) -> None:
    make_vfs(fresh_host, "eno2", 1)
    assert driver(fresh_host, FIRST_VF) == "igbvf"
    fresh_host.run(["virsh", "attach-device", "vsrx1-node0", "/dev/stdin", "--config"], input=HOSTDEV)
    fresh_host.run(["virsh", "start", "vsrx1-node0"])
    assert driver(fresh_host, FIRST_VF) == "vfio-pci"
    (vf,) = link(fresh_host, "eno2")["vfinfo_list"]
    assert vf["address"] == MAC
    assert vf["trust"] is False
    fresh_host.run(["virsh", "destroy", "vsrx1-node0"])
    assert driver(fresh_host, FIRST_VF) == "igbvf"


@pytest.mark.mission("S4", "S6")
def test_with_trust_off_the_owner_of_a_vf_cannot_change_its_mac(fresh_host: Any) -> None:
    fresh_host.write("/sys/class/net/eno2/device/sriov_drivers_autoprobe", "0")
    make_vfs(fresh_host, "eno2", 1)
    fresh_host.run(["ip", "link", "set", "eno2", "vf", "0", "mac", MAC, "trust", "off"])
    fresh_host.write("/sys/class/net/eno2/device/sriov_drivers_autoprobe", "1")
    fresh_host.write("/sys/bus/pci/drivers/igbvf/bind", FIRST_VF)
    fresh_host.run(["udevadm", "settle"])
    name = fresh_host.run(["ls", f"/sys/bus/pci/devices/{FIRST_VF}/net"]).stdout.strip()
    fresh_host.run(["ip", "link", "set", name, "up"])
    assert link(fresh_host, name)["address"] == MAC

    refused = fresh_host.run(["ip", "link", "set", name, "address", "00:10:db:ff:10:00"], check=False)
    assert refused.returncode != 0 and "Cannot assign requested address" in refused.stderr
    assert "VF 0 attempted to override administratively set MAC address" in fresh_host.run(["dmesg"]).stdout
    assert link(fresh_host, name)["address"] == MAC
    fresh_host.run(["ip", "link", "set", name, "address", MAC])


def test_the_guest_answers_the_power_button(guest_host: Any) -> None:
    guest_host.run(["virsh", "shutdown", domains.GUEST])
    guest_host.until(f"virsh domstate {domains.GUEST} | grep -q 'shut off'")
    assert guest_host.guest_output()[-1] == "power button"


@pytest.mark.mission("S5", "S21")
def test_the_guest_gets_a_vf_uses_it_and_lets_it_go(guest_host: Any) -> None:
    make_vfs(guest_host, "eno2", 2)
    port = HOSTDEV.replace("</interface>", f"{GUEST_ADDRESS}</interface>")
    guest_host.run(["virsh", "attach-device", domains.GUEST, "/dev/stdin", "--live"], input=port)
    guest_host.until(f"grep -q {MAC} {domains.CONSOLE}")
    assert guest_host.guest_output()[-1].split()[:4] == ["nic", "0000:00:07.0", MAC, "igbvf"]

    guest_host.run(["nmcli", "device", "set", "enp1s0v1", "managed", "no"])
    guest_host.run(["ip", "link", "set", "enp1s0v1", "up"])
    guest_host.run(["ip", "address", "add", "10.0.7.1/24", "dev", "enp1s0v1"])
    guest_host.until("ping -c 1 -W 5 10.0.7.2")
    assert MAC in guest_host.run(["ip", "neighbour", "show", "10.0.7.2"]).stdout

    guest_host.run(["virsh", "detach-device", domains.GUEST, "/dev/stdin", "--live"], input=port)
    guest_host.until(f"grep -q 'gone 0000:00:07.0' {domains.CONSOLE}")
    guest_host.until(f"[ -e /sys/bus/pci/drivers/igbvf/{FIRST_VF} ]")
    assert "hostdev" not in guest_host.run(["virsh", "domiflist", domains.GUEST]).stdout


def test_reset_forgets_everything_and_keeps_the_port(fresh_host: Any) -> None:
    make_vfs(fresh_host, "eno3", 2)
    fresh_host.run(["touch", "/root/mark"])
    port = fresh_host.machine.ssh.port
    fresh_host.reset()
    assert fresh_host.read("/sys/class/net/eno3/device/sriov_numvfs") == "0"
    assert fresh_host.run(["ls", "/root/mark"], check=False).returncode != 0
    assert fresh_host.machine.ssh.port == port


def test_a_restored_host_has_the_right_time_and_its_own_name(fresh_host: Any) -> None:
    before = time.time()
    clock = float(fresh_host.run(["date", "+%s.%N"]).stdout)
    assert before - 2 < clock < time.time() + 2
    assert fresh_host.run(["hostname"]).stdout.strip() == fresh_host.name


def test_a_foreign_host_key_is_refused(lab_host: Any, tmp_path: Any) -> None:
    ssh = lab_host.machine.ssh
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)  # noqa: S607
    kind, key = (tmp_path / "other.pub").read_text().split()[:2]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{ssh.port} {kind} {key}\n")
    argv = [word.replace(str(ssh.directory / "known_hosts"), str(tmp_path / "known_hosts")) for word in ssh.command(["true"])]
    argv = [word.replace(str(ssh.directory / "ssh.sock"), "none") for word in argv]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 255 and "REMOTE HOST IDENTIFICATION HAS CHANGED" in done.stderr
