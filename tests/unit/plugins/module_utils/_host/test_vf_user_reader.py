# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the host's own makes a VF used: whatever would break without it, and never that its netdev is up."""

from __future__ import annotations

import shutil
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import process, reader, vf_user_reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser, is_group_safe, serves_user_space
from support.fake_host import FakeHost, FakeIp

PF, VF = "0000:83:00.0", "0000:83:02.1"
NETDEV = "eno2v1"
ZERO = "0" * 32


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    made = FakeHost(tmp_path)
    made.pf(vfs=4)
    (tmp_path / "proc/net").mkdir()
    return made


def users(host: FakeHost, ip: t.Optional[FakeIp] = None) -> list[VfUser]:
    access = HostAccess(host.fs, Ip(ip or FakeIp(host)))
    return reader.read_host_users(access, [reader.read_pf(access, PF)])


def v4(host: FakeHost, destination: str, mask: str, flags: str = "0001") -> None:
    (host.root / "proc/net/route").write_text(f"Iface\tDestination\n{NETDEV}\t{destination}\t00000000\t{flags}\t0\t0\t0\t{mask}\t0\t0\t0\n")


def v6(host: FakeHost, destination: str, prefix: str, flags: str) -> None:
    line = f"{destination} {prefix} {ZERO} 00 {ZERO} 00000100 00000001 00000000 {flags} {NETDEV}\n"
    (host.root / "proc/net/ipv6_route").write_text(line)


def _flags(value: str) -> t.Callable[[FakeHost], None]:
    return lambda host: (host.net / NETDEV / "flags").write_text(f"{value}\n") and None


@pytest.mark.parametrize(
    "do",
    [
        # NetworkManager 1.42 sets a managed netdev up in nm_device_bring_up_full, with no profile: UP,LOWER_UP
        _flags("0x11043"),
        # systemd-networkd sets it up for a [Match] without an address (LinkLocalAddressing=no); `ip link set up` of an ifup script
        _flags("0x1003"),
        # promiscuous, as tcpdump -i leaves it for a moment
        _flags("0x1103"),
        # the routes of each netdev that is up: fe80::/64 and ff00::/8
        lambda host: v6(host, "fe80" + "0" * 28, "40", "00000001"),
        lambda host: v6(host, "ff" + "0" * 30, "08", "00000001"),
        # its own link-local address in table local
        lambda host: v6(host, "fe80" + "0" * 27 + "1", "80", "80200001"),
        # a default route that the kernel took from a router's announcement (RTF_ADDRCONF)
        lambda host: v6(host, ZERO, "00", "00450003"),
        # what route shows as unreachable (RTF_REJECT)
        lambda host: v6(host, ZERO, "00", "00000200"),
    ],
    ids=["networkmanager", "networkd", "promiscuous", "link-local", "multicast", "local-table", "announced", "reject"],
)
@pytest.mark.mission("S21", "S22")
def test_a_netdev_that_is_merely_up_is_no_use(host: FakeHost, do: t.Callable[[FakeHost], None]) -> None:
    do(host)
    assert users(host) == []


@pytest.mark.parametrize(
    ("do", "usage"),
    [
        (lambda host: (host.net / NETDEV / "master").symlink_to(host.net / "ovs-system"), "enslaved to ovs-system"),
        (lambda host: (host.net / NETDEV / "upper_macvtap0").symlink_to(host.net / "macvtap0"), "under macvtap0"),
        # a default route by device, with no address of its own (a point-to-point uplink)
        (lambda host: v4(host, "00000000", "00000000"), "default route"),
        (lambda host: v4(host, "000200C0", "00FFFFFF"), "route"),
        (lambda host: v6(host, "20010db8" + "0" * 24, "20", "00000001"), "route"),
        (lambda host: v6(host, ZERO, "00", "00000003"), "default route"),
    ],
    ids=["openvswitch", "macvtap", "device-route", "subnet-route", "v6-route", "v6-default"],
)
@pytest.mark.mission("S22")
def test_what_would_break_is_a_use(host: FakeHost, do: t.Callable[[FakeHost], None], usage: str) -> None:
    do(host)
    (user,) = users(host)
    assert (user.kind, user.name, user.usage, user.address) == (UserKind.NETDEV, NETDEV, usage, VF)


def test_an_address_is_a_use_and_its_connected_route_is_not_said_again(host: FakeHost) -> None:
    v4(host, "000200C0", "00FFFFFF")
    ip = FakeIp(host)
    ip.addresses[NETDEV] = "192.0.2.7"
    assert [user.usage for user in users(host, ip)] == ["192.0.2.7/24"]


@pytest.mark.parametrize(
    ("driver", "folder", "device"),
    [
        # DPDK's mlx5 PMD leaves the kernel's driver bound ("bifurcated") and opens the RDMA device; the netdev is up and has no address
        ("mlx5_core", "infiniband_verbs/uverbs3", "/dev/infiniband/uverbs3"),
        ("igb_uio", "uio/uio2", "/dev/uio2"),
        ("mlx5_vfio_pci", "vfio-dev/vfio7", "/dev/vfio/devices/vfio7"),
    ],
)
def test_an_open_device_is_a_use(host: FakeHost, driver: str, folder: str, device: str) -> None:
    vf = host.devices / VF
    (vf / "driver").unlink()
    (vf / "driver").symlink_to(f"../../drivers/{driver}")
    (vf / folder).mkdir(parents=True)
    assert users(host) == []
    host.process_has(77, device)
    (user,) = users(host)
    assert (user.kind, user.name, user.usage) == (UserKind.DEVICE, device.rpartition("/")[2], "open in process 77 (qemu-system-x86)")


@pytest.mark.mission("S22")
@pytest.mark.parametrize("prefix", ["", "noiommu-"])
def test_an_open_group_is_a_use(host: FakeHost, prefix: str) -> None:
    """vfio_group_create: without an IOMMU the file of group 7 is noiommu-7, as DPDK opens it."""
    vf = host.devices / VF
    (vf / "driver").unlink()
    (vf / "driver").symlink_to("../../drivers/vfio-pci")
    group = (vf / "iommu_group").resolve().name
    host.process_has(77, f"/dev/vfio/{prefix}{group}")
    (user,) = users(host)
    assert (user.kind, user.name, user.address) == (UserKind.VFIO_GROUP, group, VF)


def add_vdpa(host: FakeHost) -> Path:
    """`vdpa dev add` on a VF, which leaves mlx5_core bound: sysfs has the device below the VF (Documentation/ABI, sysfs-bus-vdpa)."""
    here = host.devices / VF / "vdpa0"
    here.mkdir()
    bus = host.root / "sys/bus/vdpa/devices"
    bus.mkdir(parents=True)
    (bus / "vdpa0").symlink_to(here)
    return here


@pytest.mark.mission("S22")
def test_an_open_vdpa_device_is_a_use(host: FakeHost) -> None:
    """vhost_vdpa: a QEMU that no libvirt started has /dev/vhost-vdpa-0 open."""
    (add_vdpa(host) / "vhost-vdpa-0").mkdir()
    assert users(host) == []
    host.process_has(77, "/dev/vhost-vdpa-0")
    (user,) = users(host)
    assert (user.kind, user.name, user.address) == (UserKind.DEVICE, "vhost-vdpa-0", VF)


@pytest.mark.mission("S22")
def test_the_netdev_of_a_vdpa_device_is_the_vfs(host: FakeHost) -> None:
    """virtio_vdpa: a container's netdev is one of virtio's, two devices below the VF."""
    (add_vdpa(host) / "virtio3/net/eth7").mkdir(parents=True)
    ip = FakeIp(host)
    assert users(host, ip) == []
    ip.addresses["eth7"] = "192.0.2.9"
    (user,) = users(host, ip)
    assert (user.kind, user.name, user.usage, user.address) == (UserKind.NETDEV, "eth7", "192.0.2.9/24", VF)


@pytest.mark.mission("S22")
def test_a_vf_whose_only_device_is_vdpa_is_not_waited_for(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """mlx5_core without a netdev: devlink dev param set enable_eth false, as for vDPA alone."""
    add_vdpa(host)
    (host.net / NETDEV).unlink()
    shutil.rmtree(host.devices / VF / "net")
    monkeypatch.setattr(vf_user_reader, "wait_for_netdevs", lambda _fs, vfs: list(vfs) if not vfs else pytest.fail("waited"))
    assert users(host) == []


@pytest.mark.mission("S22")
def test_an_xdp_program_is_a_use(host: FakeHost) -> None:
    """AF_XDP (OVS' netdev-afxdp, DPDK's af_xdp) has the netdev up without address or master; ip shows the program (xdp_dump_json)."""
    ip = FakeIp(host)
    ip.programs.append(NETDEV)
    assert [user.usage for user in users(host, ip)] == ["an XDP program"]


@pytest.mark.parametrize(
    "driver",
    [
        # iavf_init_config_adapter leaves the registration to a work queue; a VF that libvirt gives back is as late
        "iavf",
        # 82599 (openshift/sriov-network-operator, pull request 108): three seconds with 32 VFs
        "ixgbevf",
        # found beyond the report: the netdev is of mlx5e_probe, the driver of an auxiliary device that mlx5_core adds
        "mlx5_core",
        # whatever the driver is
        "bnxt_en",
        "igbvf",
    ],
)
def test_a_netdev_that_comes_late_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    host = FakeHost(tmp_path)
    host.pf(rules="late", vfs=3)
    for name in host.vfs(PF):
        (host.devices / PF / name / "driver").unlink()
        (host.root / f"sys/bus/pci/drivers/{driver}").mkdir(exist_ok=True)
        (host.devices / PF / name / "driver").symlink_to(host.root / f"sys/bus/pci/drivers/{driver}")
    timer = threading.Timer(0.3, host.register_late_netdevs)
    timer.start()
    try:
        assert users(host) == []
    finally:
        timer.join()


def test_one_that_never_comes_is_a_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vf_user_reader, "NETDEV_SECONDS", 0.1)
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    host = FakeHost(tmp_path)
    host.pf(rules="late", vfs=1)
    (user,) = users(host)
    assert (user.kind, user.name) == (UserKind.DRIVER, "iavf") and "not here" in user.usage
    # k8snetworkplumbingwg/sriov-network-operator#233: one of five VFs never gets its netdev, and can be freed.
    assert f"echo {user.address} > /sys/bus/pci/drivers/iavf/unbind" in user.usage


def test_a_driver_that_lets_go_meanwhile_is_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """libvirt takes a VF for a guest between the look and its netdev: then the domain is its user."""
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    host = FakeHost(tmp_path)
    host.pf(rules="late", vfs=1)
    timer = threading.Timer(0.2, (host.devices / "0000:83:02.0/driver").unlink)
    timer.start()
    try:
        assert users(host) == []
    finally:
        timer.join()


@pytest.mark.parametrize(
    ("namespace", "words"),
    [
        ("run/netns/blue", "in network namespace blue"),
        ("proc/4711/ns/net", "in the network namespace of process 4711"),
        # found beyond the report: what keeps one is a mount of nsfs anywhere, as Docker has it (proc_pid_mountinfo(5))
        ("run/docker/netns/8d2f", "in network namespace /run/docker/netns/8d2f"),
        ("var/lib/odd name", "in network namespace /var/lib/odd name"),
    ],
)
def test_a_netdev_in_another_namespace_is_found_at_once(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, namespace: str, words: str
) -> None:
    for path in (host.net / NETDEV).resolve().iterdir():
        path.unlink()
    (host.devices / VF / "net" / NETDEV).rmdir()
    file = host.root / namespace
    file.parent.mkdir(parents=True)
    file.touch()
    if not namespace.startswith(("run/netns", "proc")):
        (host.root / "proc/self").mkdir()
        mounted = namespace.replace(" ", "\\040")
        lines = ["24 1 0:22 / /proc rw - proc proc rw", "short", f"510 24 0:4 net:[4026532281] /{mounted} rw shared:213 - nsfs nsfs rw"]
        lines.append("511 24 0:4 mnt:[4026532282] /run/snapd/ns/x.mnt rw - nsfs nsfs rw")
        (host.root / "proc/self/mountinfo").write_text("\n".join(lines) + "\n")
    entry = f'[{{"ifname": "lo"}}, 7, {{"ifname": "net1", "parentbus": "pci", "parentdev": "{VF}"}}]'
    requested: list[list[str]] = []

    def run(arguments: t.Sequence[str], _seconds: float) -> process.Answer:
        requested.append([*arguments])
        return process.Answer(0, entry, "")

    monkeypatch.setattr(vf_user_reader.process, "run", run)
    monkeypatch.setattr(vf_user_reader, "wait_for_netdevs", lambda _fs, vfs: pytest.fail("waited") if len(vfs) > 3 else list(vfs))
    (user,) = users(host)
    assert (user.kind, user.name, user.usage, user.address) == (UserKind.NETDEV, "net1", words, VF)
    assert requested == [["nsenter", f"--net={file}", "ip", "-d", "-j", "link", "show"]]


@pytest.mark.parametrize("answer", ["", "{", "[" * 5000, "7", '{"parentdev": 1}', '[{"parentbus": "pci", "parentdev": {}}]'])
def test_a_namespace_that_answers_nonsense_is_searched_in_vain(host: FakeHost, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    (host.root / "run/netns").mkdir(parents=True)
    (host.root / "run/netns/blue").touch()
    monkeypatch.setattr(vf_user_reader.process, "run", lambda *_unused: process.Answer(0, answer, ""))
    assert vf_user_reader.find_netdevs(host.fs, [VF]) == {}


@pytest.mark.parametrize(
    ("driver", "user_space", "group_safe"),
    [
        (None, False, True),
        ("vfio-pci", True, True),
        ("mlx5_vfio_pci", True, True),
        ("pci-stub", True, True),
        ("uio_pci_generic", True, False),
        ("igb_uio", True, False),
        ("xen-pciback", True, False),
        ("pcieport", False, True),
        ("iavf", False, False),
    ],
)
def test_drivers_in_the_two_lists(driver: t.Optional[str], user_space: bool, group_safe: bool) -> None:
    """Two questions: who uses the function, and does VFIO take another one of its IOMMU group (the kernel's driver_managed_dma)."""
    assert (serves_user_space(driver), is_group_safe(driver)) == (user_space, group_safe)
