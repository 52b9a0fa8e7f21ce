# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VFs on a real kernel, with real domains, VFIO groups, namespaces and reboots."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from host_modules import Kvm
from lab import hosts
from lab.machine import wait_until

pytestmark = pytest.mark.lab
MAC = "02:5a:00:00:00:01"
HOSTDEV = f"""<interface type='hostdev' managed='yes'><mac address='{MAC}'/>
<source><address type='pci' domain='0' bus='1' slot='0x10' function='0'/></source></interface>"""
PLAIN = (
    "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='1' slot='0x10' function='2'/></source></hostdev>"
)
POOL = "<network><name>vfs</name><forward mode='hostdev' managed='yes'><pf dev='eno2'/></forward></network>"
HOLDER = "import signal; group = open('/dev/vfio/'+open('/tmp/group').read().strip(), 'r+b', buffering=0); signal.pause()"


@pytest.fixture
def kvm(fresh_host: Any, tmp_path: Path) -> Kvm:
    return Kvm(fresh_host, tmp_path)


def same(kvm: Kvm, *pfs: dict[str, Any], fails: Any = None, **more: Any) -> dict[str, Any]:
    """In check mode, then really: the same said, or the same refused."""
    preview = kvm.vfs(*pfs, check=True, fails=fails, **more)
    done = kvm.vfs(*pfs, fails=fails, **more)
    names = ("msg",) if fails else ("changed", "actions", "findings")
    assert {name: done[name] for name in names} == {name: preview[name] for name in names}
    return done


@pytest.mark.mission("S2", "S3", "S21")
def test_from_none_to_four_and_in_both_directions(kvm: Kvm) -> None:
    requested = {
        "pf": "eno2",
        "num_vfs": 4,
        "up": True,
        "vfs": [{"vf": 0, "mac": MAC, "vlan": 100, "qos": 3, "trust": False, "spoofchk": True}],
    }
    done = same(kvm, requested, {"pf": "0000:02:00.0", "num_vfs": 1})
    assert [(pf["pf"], pf["num_vfs"]) for pf in done["pfs"]] == [("eno2", 4), ("eno3", 1)]
    assert [vf["netdev"] for vf in done["pfs"][0]["vfs"]] == [f"enp1s0v{index}" for index in range(4)]
    info = kvm.info("eno2", 0)
    assert (info["address"], info["vlan_list"], info["trust"], info["spoofchk"]) == (MAC, [{"vlan": 100, "qos": 3}], False, True)
    inodes = kvm.shell("stat -Lc %i /sys/class/net/eno2/device/virtfn*")
    assert not kvm.vfs(requested)["changed"]
    assert not kvm.vfs({"pf": "eno2", "num_vfs": 2, "at_least": True})["changed"]
    # The VFs are the same ones: nothing was written.
    assert kvm.shell("stat -Lc %i /sys/class/net/eno2/device/virtfn*") == inodes
    assert same(kvm, {"pf": "eno2", "num_vfs": 2})["actions"] == ["eno2: remove 4 VFs, then make 2"]
    assert kvm.count("eno2") == 2
    assert kvm.vfs({"pf": "eno2", "num_vfs": 7})["pfs"][0]["num_vfs"] == kvm.count("eno2") == 7
    same(
        kvm, {"pf": "eno3", "num_vfs": 0}, {"pf": "eno2", "num_vfs": 8}, fails=r"eno2 \(0000:01:00.0\): 8 VFs are asked for, its limit is 7"
    )
    assert (kvm.count("eno2"), kvm.count("eno3")) == (7, 1)
    assert kvm.vfs({"pf": "eno2", "num_vfs": 0})["actions"] == ["eno2: remove 7 VFs"]
    assert kvm.count("eno2") == 0 and not kvm.stuck()


@pytest.mark.mission("S2", "S4")
def test_what_igb_refuses_is_named_and_the_vf_is_as_it_was(kvm: Kvm) -> None:
    kvm.vfs({"pf": "eno2", "num_vfs": 2, "up": True})
    before = kvm.info("eno2", 1)
    for wanted, said in [
        ({"min_tx_rate": 10}, "refused min_tx_rate 10: Invalid argument"),
        ({"link_state": "enable"}, "refused link_state enable: Operation not supported"),
        ({"vlan": 5, "vlan_proto": "802.1ad"}, "refused vlan 5, vlan_proto 802.1ad: Protocol not supported"),
    ]:
        refused = {"vf": 1, "mac": MAC, "trust": True, **wanted}
        kvm.vfs({"pf": "eno2", "vfs": [refused]}, fails=f"eno2: VF 1: driver igb {said}; its VFs' attributes are as they were")
        assert kvm.info("eno2", 1) == before


def test_what_is_no_pf_changes_nothing(kvm: Kvm) -> None:
    good = {"pf": "eno3", "num_vfs": 2, "up": True}
    kvm.set_down("eno3")
    for name, said in [
        ("eno9", "no network device of that name"),
        ("eno", "no network device of that name"),
        ("lo", "no PCI function's network device"),
        ("eno4", "shows no SR-IOV capability"),
    ]:
        same(kvm, good, {"pf": name, "num_vfs": 1}, fails=said)
    assert kvm.count("eno3") == 0 and "state DOWN" in kvm.shell("ip link show eno3")
    kvm.shell("ip link property add dev eno3 altname uplink1")
    assert kvm.vfs({"pf": "uplink1", "num_vfs": 1})["pfs"][0]["pf"] == "eno3"


HOLDS = {
    "a defined domain": (
        f'echo "{HOSTDEV}" | virsh attach-device vsrx1-node0 /dev/stdin --config',
        f'echo "{HOSTDEV}" | virsh detach-device vsrx1-node0 /dev/stdin --config',
        r"VF 0 \(0000:01:10.0\) is in use by domain vsrx1-node0 \(defined, interface type='hostdev'\)",
    ),
    "a defined domain, as a plain device": (
        f'echo "{PLAIN}" | virsh attach-device vsrx1-node1 /dev/stdin --config',
        f'echo "{PLAIN}" | virsh detach-device vsrx1-node1 /dev/stdin --config',
        r"VF 1 \(0000:01:10.2\) is in use by domain vsrx1-node1 \(defined, hostdev pci\)",
    ),
    "a running domain": (
        f'echo "{HOSTDEV}" | virsh attach-device vsrx1-node0 /dev/stdin --config && virsh start vsrx1-node0',
        f'virsh destroy vsrx1-node0; echo "{HOSTDEV}" | virsh detach-device vsrx1-node0 /dev/stdin --config',
        r"VF 0 \(0000:01:10.0\) is in use by domain vsrx1-node0 \(running, interface type='hostdev'\)",
    ),
    "a pool network": (
        f'echo "{POOL}" > /tmp/pool.xml; virsh net-define /tmp/pool.xml',
        "virsh net-undefine vfs",
        r"its VFs are in use by network vfs \(defined",
    ),
    "a domain that runs on the pool": (
        f'echo "{POOL}" > /tmp/pool.xml; virsh net-define /tmp/pool.xml; virsh net-start vfs; '
        "virsh attach-interface vsrx1-node0 network vfs --config; virsh start vsrx1-node0",
        "virsh destroy vsrx1-node0; virsh detach-interface vsrx1-node0 network --config --mac $(virsh domiflist vsrx1-node0 --inactive | "
        "awk '$3 == \"vfs\" {print $5}'); virsh net-destroy vfs; virsh net-undefine vfs",
        r"VF 0 \(0000:01:10.0\) is in use by domain vsrx1-node0 \(running, .*its VFs are in use by network vfs \(active",
    ),
    "an open VFIO group": (
        "cd /sys/bus/pci/devices/0000:01:10.2; echo vfio-pci > driver_override; echo 0000:01:10.2 > driver/unbind; modprobe vfio-pci; "
        "echo 0000:01:10.2 > /sys/bus/pci/drivers_probe; basename $(readlink iommu_group) > /tmp/group; "
        f'systemd-run --unit=holder python3 -c "{HOLDER}"; '
        "until ls -l /proc/*/fd 2>/dev/null | grep -q /dev/vfio/$(cat /tmp/group)$; do :; done",
        "systemctl stop holder; cd /sys/bus/pci/devices/0000:01:10.2; echo > driver_override; echo 0000:01:10.2 > driver/unbind; "
        "echo 0000:01:10.2 > /sys/bus/pci/drivers_probe; udevadm settle",
        r"VF 1 \(0000:01:10.2\) is in use by VFIO group \d+ \(open in process \d+ \(python3\)\)",
    ),
    "a netdev with an address": (
        "nmcli connection add type ethernet con-name held ifname enp1s0v1 ipv4.method manual ipv4.addresses 192.0.2.7/24 && "
        "nmcli connection up held",
        "nmcli connection delete held",
        r"in use by netdev enp1s0v1 \(192.0.2.7/24\)",
    ),
    "an enslaved netdev": (
        # NetworkManager takes a netdev out of a bridge that is none of its own.
        "nmcli connection add type bridge con-name br9 ifname br9 ipv4.method disabled ipv6.method disabled && "
        "nmcli connection add type ethernet con-name port9 ifname enp1s0v1 master br9 && nmcli connection up port9",
        "nmcli connection delete port9 br9",
        r"in use by netdev enp1s0v1 \(enslaved to br9\)",
    ),
    "a netdev under a VLAN": (
        "ip link add link enp1s0v1 name tagged type vlan id 7",
        "ip link del tagged",
        r"in use by netdev enp1s0v1 \(under tagged\)",
    ),
    "a netdev in a container": (
        "systemd-run --unit=container -p PrivateNetwork=yes sleep infinity; "
        "ip link set enp1s0v2 netns $(systemctl show -P MainPID container)",
        # The kernel gives the netdev back when the namespace goes.
        "systemctl stop container; until [ -e /sys/class/net/enp1s0v2 ]; do sleep 0.2; done",
        r"VF 2 .* is in use by netdev enp1s0v2 \(in the network namespace of process \d+\)",
    ),
    "a netdev in another namespace": (
        "ip netns add other; ip link set enp1s0v1 netns other",
        "ip -n other link set enp1s0v1 netns 1; ip netns del other",
        r"VF 1 .* is in use by netdev enp1s0v1 \(in network namespace other\)",
    ),
}


#: what is said where the kernel does not tell the parent device of a netdev, so that the namespace is not found: before 5.14 (Debian 11)
ELSEWHERE = r"VF \d \S+ is in use by driver igbvf \(bound, its netdev is not here: in another network namespace"


def expected_of(kvm: Kvm, hold: str) -> str:
    """Return what is said of this user of a VF on this kernel."""
    if hold not in ("a netdev in a container", "a netdev in another namespace"):
        return HOLDS[hold][2]
    major, minor = kvm.shell("uname -r").split(".")[:2]
    return ELSEWHERE if (int(major), int(minor)) < (5, 14) else HOLDS[hold][2]


@pytest.fixture(scope="module")
def held_host(lab_host: Any, tmp_path_factory: pytest.TempPathFactory) -> Kvm:
    lab_host.reset()
    kvm = Kvm(lab_host, Path(tmp_path_factory.mktemp("held")))
    kvm.vfs({"pf": "eno2", "num_vfs": 4, "up": True})
    return kvm


@pytest.mark.mission("S22")
@pytest.mark.parametrize("hold", HOLDS)
def test_in_use_means_refused(held_host: Kvm, hold: str) -> None:
    take, release, _said = HOLDS[hold]
    said = expected_of(held_host, hold)
    # Which of both is planned does not depend on who uses a VF, and a call takes seconds here: they take turns.
    count, verb = ((0, "removed"), (7, "remade"))[list(HOLDS).index(hold) % 2]
    held_host.shell(take)
    try:
        held_host.vfs({"pf": "eno3", "num_vfs": 1}, {"pf": "eno2", "num_vfs": count}, fails=f"its 4 VFs cannot be {verb}.*{said}")
        assert (held_host.count("eno2"), held_host.count("eno3")) == (4, 0) and not held_host.stuck()
        assert not held_host.vfs({"pf": "eno2", "num_vfs": 4})["changed"]
    finally:
        held_host.shell(release, check=False)


def test_a_netdev_that_is_merely_up_is_no_use(held_host: Kvm) -> None:
    """NetworkManager sets every netdev up that it manages."""
    held_host.shell("ip link set enp1s0v1 up")
    assert held_host.vfs({"pf": "eno2", "num_vfs": 3})["changed"] and held_host.vfs({"pf": "eno2", "num_vfs": 4})["changed"]


@pytest.mark.mission("S22")
def test_when_all_have_let_go_the_vfs_go(held_host: Kvm) -> None:
    assert held_host.vfs({"pf": "eno2", "num_vfs": 0})["changed"] and held_host.count("eno2") == 0


@pytest.mark.mission("S4", "S22")
def test_a_mac_that_a_domain_has_is_refused(kvm: Kvm) -> None:
    kvm.host.run(["virsh", "attach-device", "vsrx1-node0", "/dev/stdin", "--config"], input=HOSTDEV)
    twin = {"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 1, "mac": MAC}]}
    same(kvm, twin, fails=rf"VF 1: MAC address {MAC} belongs to domain vsrx1-node0 .* on 0000:01:10.0")
    assert kvm.vfs({"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, "mac": MAC}]})["changed"]


def test_libvirt_that_does_not_answer_is_no_free_host(kvm: Kvm) -> None:
    kvm.vfs({"pf": "eno2", "num_vfs": 1})
    kvm.shell("systemctl stop libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket")
    kvm.vfs({"pf": "eno2", "num_vfs": 0}, fails="does not answer")
    assert kvm.count("eno2") == 1


def test_two_at_once_never_interleave(kvm: Kvm) -> None:
    one = kvm.start("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 3}, {"pf": "eno3", "num_vfs": 3}]}, name="one")
    two = kvm.start("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 5}, {"pf": "eno3", "num_vfs": 5}]}, name="two")
    for running in (one, two):
        output, _none = running.communicate()
        assert running.returncode == 0, output
    assert (kvm.count("eno2"), kvm.count("eno3")) in ((3, 3), (5, 5))
    assert kvm.result("one")["changed"] and kvm.result("two")["changed"]


def test_a_play_killed_during_the_write_and_run_again(kvm: Kvm) -> None:
    running = kvm.start("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 7, "up": True}]}, name="killed")
    note = ""

    def writes() -> bool:
        nonlocal note
        note = kvm.shell("cat /run/vsrx-sriov.lock", check=False)
        return "writing 7" in note

    assert wait_until(writes, 120, 0.1)
    child = re.findall(r"process (\d+), writing", note)[0]
    # The child, its parent and the connection: everything that works on it.
    kvm.shell(f"kill -9 $(ps -o ppid= -p {child}) {child}", check=False)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    done = kvm.vfs({"pf": "eno2", "num_vfs": 7, "up": True}, persist=True)
    assert kvm.count("eno2") == 7 and done["pfs"][0]["before"]["num_vfs"] == 0
    assert not kvm.vfs({"pf": "eno2", "num_vfs": 7, "up": True}, persist=True)["changed"]
    assert not kvm.stuck()


#: another PF whose VFs come back, and a unit that makes as many
OTHER_PF: dict[str, Any] = {"pf": "eno3", "num_vfs": 2, "vfs": [{"vf": 1, "mac": "02:5a:00:00:00:0a"}]}
COMPETITOR = """[Unit]
DefaultDependencies=no
After=sys-subsystem-net-devices-eno3.device
Wants=sys-subsystem-net-devices-eno3.device network-pre.target
Before=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'sleep 3; echo 2 > /sys/class/net/eno3/device/sriov_numvfs'
[Install]
WantedBy=multi-user.target
"""
#: puts a broken record and that of a NIC that was removed before the others
SPOIL = """import json
path = '/var/lib/vsrx-sriov/boot.json'
records = json.load(open(path))
gone = {**records[0], 'permanent_mac': '02:5a:00:00:00:77', 'address': '0000:77:00.0', 'name': 'gone'}
json.dump([{'num_vfs': 'many'}, gone, *records], open(path, 'w'))
"""


def check_that_bad_records_harm_no_others(kvm: Kvm) -> None:
    """The unit is run again by hand on a host whose VFs are gone; a NIC that is not there is not waited for."""
    kvm.shell("for pf in wan0 eno3; do echo 0 > /sys/class/net/$pf/device/sriov_numvfs; done")
    kvm.host.run(["python3", "-"], input=SPOIL)
    begun = time.monotonic()
    kvm.shell("systemctl restart vsrx-sriov", check=False)
    spent = time.monotonic() - begun
    said = kvm.shell("journalctl -b -o cat -u vsrx-sriov")
    assert "record 0 is left out" in said and "gone: no PF with MAC address 02:5a:00:00:00:77" in said
    assert (kvm.count("wan0"), kvm.count("eno3")) == (3, 2) and kvm.info("wan0", 1)["address"] == "02:5a:00:00:00:09"
    assert spent < 60, said


@pytest.mark.mission("S3", "S21")
def test_all_is_back_after_a_reboot_before_a_domain_starts_though_the_pf_was_renamed(kvm: Kvm) -> None:
    requested = {"num_vfs": 3, "up": True, "mtu": 2000, "vfs": [{"vf": 1, "mac": "02:5a:00:00:00:09", "vlan": 9, "trust": True}]}
    same(kvm, {"pf": "eno2", **requested}, OTHER_PF, persist=True)
    # Others make the same number at boot: udev, before the unit, and a unit of netplan's name, which takes its time.
    kvm.shell("echo SR-IOVVirtualFunctions=3 >> /etc/systemd/network/10-eno2.link")
    kvm.host.write("/etc/systemd/system/netplan-sriov-apply.service", COMPETITOR)
    kvm.shell("systemctl enable -q netplan-sriov-apply")
    kvm.host.run(["virsh", "attach-device", "vsrx1-node0", "/dev/stdin", "--config"], input=HOSTDEV)
    kvm.shell("virsh autostart vsrx1-node0; sed -i s/eno2/wan0/ /etc/systemd/network/10-eno2.link")
    hosts.reboot(kvm.host.name)
    assert wait_until(lambda: "running" in kvm.shell("virsh domstate vsrx1-node0", check=False), 120, 1)
    assert kvm.count("wan0") == 3
    info = kvm.info("wan0", 1)
    assert (info["address"], info["vlan_list"], info["trust"]) == ("02:5a:00:00:00:09", [{"vlan": 9}], True)
    assert kvm.info("wan0", 0)["address"] == MAC
    assert "mtu 2000" in kvm.shell("ip link show wan0") and kvm.shell("systemctl is-active vsrx-sriov.service") == "active"
    assert kvm.count("eno3") == 2 and kvm.info("eno3", 1)["address"] == OTHER_PF["vfs"][0]["mac"]
    assert kvm.shell("systemctl is-active netplan-sriov-apply NetworkManager").split() == ["active", "active"]
    # The name in the record follows; the VFs are left alone.
    inodes = kvm.shell("stat -Lc %i /sys/class/net/wan0/device/virtfn*")
    kvm.vfs({"pf": "wan0", **requested}, persist=True)
    assert not kvm.vfs({"pf": "wan0", **requested}, persist=True)["changed"]
    assert kvm.shell("stat -Lc %i /sys/class/net/wan0/device/virtfn*") == inodes
    kvm.vfs({"pf": "wan0", "num_vfs": 0}, fails="in use by domain vsrx1-node0")
    kvm.shell("virsh destroy vsrx1-node0; virsh undefine vsrx1-node0")
    check_that_bad_records_harm_no_others(kvm)
    same(kvm, {"pf": "wan0", "num_vfs": 0}, {"pf": "eno3", "num_vfs": 0})
    assert kvm.shell("ls /etc/systemd/system/vsrx-sriov.service /var/lib/vsrx-sriov/boot.json 2>&1 | grep -c 'No such'") == "2"
    assert kvm.shell("ls /var/lib/vsrx-sriov") == "state.json"
