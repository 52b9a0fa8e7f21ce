# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts in the field do to VFs: NetworkManager takes each netdev up, netdevs come late, PFs are in a bond."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from host_modules import Kvm

pytestmark = pytest.mark.lab
MAC = "02:5a:00:00:00:01"


@pytest.fixture
def kvm(fresh_host: Any, tmp_path: Path) -> Kvm:
    return Kvm(fresh_host, tmp_path)


def wait_until_up(kvm: Kvm, count: int) -> None:
    """Wait for NetworkManager to have set up that many netdevs of VFs of eno2; nobody else does."""
    flags = "cat /sys/class/net/eno2/device/virtfn*/net/*/flags 2>/dev/null"
    kvm.host.until(f"[ $({flags} | grep -c '[13579bdf]$') = {count} ]")


@pytest.mark.mission("S2", "S3", "S21", "S22")
def test_from_vfs_to_teardown_while_networkmanager_sets_up_every_netdev(kvm: Kvm) -> None:
    requested = {"pf": "eno2", "num_vfs": 2, "up": True}
    assert kvm.vfs(requested, persist=True)["changed"]
    wait_until_up(kvm, 2)
    states = kvm.shell("nmcli -g GENERAL.STATE device show enp1s0v0; nmcli -g GENERAL.STATE device show enp1s0v1").split("\n")
    assert all(state and "unmanaged" not in state for state in states), states
    assert not kvm.vfs(requested, persist=True)["changed"]

    port = {"name": "vsrx1-node0", "cluster_node": 0, "ports": [{"pf": "eno2", "mac": MAC}]}
    mapped = kvm.module("vsrx_hostdev", **port)
    assert [each["vf"] for each in mapped["ports"] if each["sriov"]] == ["0000:01:10.0"]
    kvm.shell("virsh start vsrx1-node0")
    assert not kvm.vfs(requested, persist=True)["changed"]
    kvm.vfs({"pf": "eno2", "num_vfs": 3}, fails="VF 0 .* is in use by domain vsrx1-node0")
    kvm.shell("virsh destroy vsrx1-node0")
    wait_until_up(kvm, 2)
    assert not kvm.module("vsrx_hostdev", **port)["changed"]
    assert kvm.module("vsrx_hostdev", **port, state="absent")["changed"]

    for count in (3, 1):
        assert kvm.vfs({"pf": "eno2", "num_vfs": count})["pfs"][0]["num_vfs"] == count
        wait_until_up(kvm, count)
    before = kvm.vfs({"pf": "eno2"}, check=True)["pfs"][0]["before"]
    assert kvm.vfs({"pf": "eno2", "num_vfs": before["num_vfs"], "up": before["up"]}, persist=False)["changed"]
    assert kvm.count("eno2") == 0 and "state.json" not in kvm.shell("ls /var/lib/vsrx-sriov")


def test_netdevs_that_come_late(kvm: Kvm) -> None:
    """The driver probes in the background, as a driver does that registers its netdevs from a work queue."""
    kvm.host.write("/etc/modprobe.d/late.conf", "options igbvf async_probe=1\n")
    (pf,) = kvm.vfs({"pf": "eno2", "num_vfs": 7, "up": True})["pfs"]
    assert [vf["netdev"] for vf in pf["vfs"]] == [f"enp1s0v{index}" for index in range(7)]
    assert kvm.vfs({"pf": "eno2", "num_vfs": 6})["pfs"][0]["num_vfs"] == 6


@pytest.mark.mission("S3")
def test_pfs_in_a_bond(kvm: Kvm) -> None:
    """Both have the bond's MAC address then, and each is known by its own permanent one."""
    kvm.shell(
        "nmcli connection add type bond con-name bond9 ifname bond9 bond.options mode=active-backup ipv4.method manual "
        "ipv4.addresses 192.0.2.7/24 ipv6.method disabled; for pf in eno2 eno3; do "
        "nmcli connection add type ethernet con-name $pf ifname $pf master bond9 && nmcli connection up $pf; done"
    )
    requested: list[dict[str, Any]] = [{"pf": "eno2", "num_vfs": 2}, {"pf": "eno3", "num_vfs": 1}]
    done = kvm.vfs(*requested, persist=True)
    warned = {each["where"] for each in done["findings"] if "the host itself uses this PF" in each["found"] and "bond9" in each["found"]}
    assert warned == {"eno2", "eno3"} and (kvm.count("eno2"), kvm.count("eno3")) == (2, 1)
    assert not kvm.vfs(*requested, persist=True)["changed"]
    recorded = kvm.shell("grep -o '52:54:00:00:0[12]:00' /var/lib/vsrx-sriov/boot.json | sort").split()
    assert recorded == ["52:54:00:00:01:00", "52:54:00:00:02:00"]
    kvm.shell("systemctl start vsrx-sriov")
    assert (kvm.count("eno2"), kvm.count("eno3")) == (2, 1) and kvm.shell("systemctl is-active vsrx-sriov") == "active"
