# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module on a real SR-IOV host: real VFs, libvirt, VFIO and QEMU. The domains have no OS, so they ignore a shutdown."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess
from typing import Any, Optional

import pytest

NODE = "vsrx1-node0"
OTHER = "vsrx1-node1"
I440FX = "vsrx2-node0"
MACS = ("02:5a:00:00:00:01", "02:5a:00:00:00:02")
PORTS = [{"pf": "eno2", "index": 0, "mac": MACS[0]}, {"pf": "eno3", "index": 0, "mac": MACS[1]}]
VFS = ["0000:01:10.0", "0000:02:10.0"]
NODE_LOCK = "/var/lib/vsrx-sriov/domains/.*/lock"
FORCED = {"power": "cycle", "shutdown_timeout": 1, "force_off": True}
# libvirt asks a hook at each of a domain's steps; this one runs what a test has written for that step, once.
HOOK = """#!/bin/sh
meanwhile=/run/meanwhile-$2
[ -e $meanwhile ] && mv $meanwhile $meanwhile-now && exec sh $meanwhile-now
exit 0
"""

pytestmark = pytest.mark.lab


class Kvm:
    """The lab's host with four VFs on each PF, and the module on it."""

    def __init__(self, host: Any, folder: pathlib.Path) -> None:
        self.host = host
        self._folder = folder
        self._inventory = folder / "inventory.json"
        self._inventory.write_text(json.dumps({"all": {"hosts": {"kvm": host.variables}}}), encoding="utf-8")

    def make_vfs(self) -> None:
        for pf in ("eno2", "eno3"):
            self.host.run(["ip", "link", "set", pf, "up"])
            self.host.write(f"/sys/class/net/{pf}/device/sriov_numvfs", "4")
        self.host.run(["udevadm", "settle"])

    def start_module(self, check: bool = False, **options: Any) -> subprocess.Popen[str]:
        command = ["ansible", "kvm", "-i", str(self._inventory), "-m", "vsrx.sriov.vsrx_hostdev", "-t", str(self._folder / "results")]
        given = {name: value for name, value in {"name": NODE, "cluster_node": 0, **options}.items() if value is not None}
        command += ["-a", json.dumps(given), *(["--check"] if check else [])]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def module(self, check: bool = False, fails: Optional[str] = None, **options: Any) -> dict[str, Any]:
        """Run the module; ``fails`` is what its message must say where it must fail."""
        running = self.start_module(check, **options)
        output, _none = running.communicate()
        text = (self._folder / "results" / "kvm").read_text(encoding="utf-8")
        result: dict[str, Any] = json.loads(text)
        if fails is None:
            assert "msg" not in result and not result.get("failed"), output
        else:
            assert re.search(fails, result.get("msg", "")), result
        return result

    def virsh(self, *arguments: str, check: bool = True) -> str:
        return str(self.host.run(["virsh", "-q", *arguments], check=check).stdout).strip()

    def state(self, domain: str = NODE) -> str:
        return self.virsh("domstate", domain)

    def xml(self, domain: str = NODE) -> str:
        return self.virsh("dumpxml", "--inactive", "--security-info", domain)

    def driver(self, function: str) -> str:
        return str(self.host.run(["readlink", f"/sys/bus/pci/devices/{function}/driver"]).stdout).strip().rpartition("/")[2]

    def admin_macs(self, pf: str) -> list[str]:
        (link,) = json.loads(self.host.run(["ip", "-d", "-j", "link", "show", "dev", pf]).stdout)
        return [vf["address"] for vf in link["vfinfo_list"]]

    def macs_in_guest(self, domain: str = NODE) -> list[str]:
        """The kinds of the guest's network controllers in the order in which its firmware numbered them."""
        return re.findall(r"Ethernet controller: PCI device (\S+)", self.virsh("qemu-monitor-command", domain, "--hmp", "info pci"))


@pytest.fixture(scope="module")
def host(lab_host: Any) -> Any:
    lab_host.reset()
    return lab_host


@pytest.fixture
def kvm(host: Any, tmp_path: pathlib.Path) -> Kvm:
    """A fresh host with its VFs."""
    host.reset()
    kvm = Kvm(host, tmp_path)
    kvm.make_vfs()
    return kvm


@pytest.mark.mission("S5", "S20", "S21")
def test_from_a_bare_domain_to_running_ports_and_back(kvm: Kvm) -> None:
    bare = kvm.xml()
    preview = kvm.module(check=True, ports=PORTS)
    assert kvm.xml() == bare
    first = kvm.module(ports=PORTS)
    assert (first["changed"], first["actions"], first["ports"]) == (True, preview["actions"], preview["ports"])
    assert [(row["junos_interface"], row["vf"], row["mac"]) for row in first["ports"]][3:] == [
        ("ge-0/0/1", VFS[0], MACS[0]),
        ("ge-0/0/2", VFS[1], MACS[1]),
    ]
    assert kvm.state() == "shut off"
    assert not kvm.module(ports=PORTS)["changed"]

    # Others write it unchanged: virsh with its schema, and virt-xml, which is virt-manager's own code.
    kvm.host.write("/tmp/same.xml", kvm.xml())
    kvm.virsh("define", "/tmp/same.xml", "--validate")
    assert not kvm.module(check=True, ports=PORTS)["changed"]
    kvm.host.run(["virt-xml", NODE, "--edit", "--metadata", "title=seen"])
    assert kvm.xml().replace("  <title>seen</title>\n", "") == kvm.host.read("/tmp/same.xml")
    assert not kvm.module(check=True, ports=PORTS)["changed"]

    started = kvm.module(ports=PORTS, power="cycle")
    assert started["actions"] == [f"start {NODE}"] and kvm.state() == "running"
    assert [kvm.driver(vf) for vf in VFS] == ["vfio-pci", "vfio-pci"]
    assert (kvm.admin_macs("eno2")[0], kvm.admin_macs("eno3")[0]) == MACS
    virtio, igbvf = "1af4:1041", "8086:10ca"
    assert kvm.macs_in_guest() == [virtio, virtio, virtio, igbvf, igbvf]
    assert not kvm.module(ports=PORTS, power="cycle")["changed"]

    # Reorder: refused, then with consent.
    turned = list(reversed(PORTS))
    kvm.module(ports=turned, fails="it is running, and its ports would change")
    kvm.module(ports=turned, power="cycle", shutdown_timeout=2, fails="did not shut down within 2 s, so its ports were left as they were")
    # The guest may still go down, so the record of it stays until a run finds nothing else to do.
    assert kvm.state() == "running" and kvm.module(ports=PORTS)["actions"] == [f"end the record of an interrupted run on {NODE}"]
    assert not kvm.module(check=True, ports=PORTS)["changed"]
    moved = kvm.module(ports=turned, **FORCED)
    assert moved["restarted"] and [row["vf"] for row in moved["ports"] if row["sriov"]] == list(reversed(VFS))
    assert kvm.state() == "running" and kvm.driver(VFS[0]) == "vfio-pci"

    # The hypervisor's daemon restarts under the running domain; nothing is noticed.
    kvm.host.run(["systemctl", "restart", "libvirtd"])
    assert not kvm.module(ports=turned, power="cycle")["changed"]

    removed = kvm.module(ports=[PORTS[1]], exclusive=True, **FORCED)
    assert removed["actions"][0] == f"remove VF {VFS[0]}, which is ge-0/0/2"
    assert kvm.driver(VFS[0]) == "igbvf"
    kvm.module(ports=[PORTS[1]], state="absent", **FORCED)
    assert "hostdev" not in kvm.xml() and kvm.state() == "running"


@pytest.mark.mission("S5")
def test_the_other_machine_type(kvm: Kvm) -> None:
    result = kvm.module(name=I440FX, ports=PORTS, power="cycle")
    assert [row["guest_address"] for row in result["ports"]] == [f"0000:00:0{slot}.0" for slot in (2, 3, 4, 5)]
    assert kvm.macs_in_guest(I440FX) == ["1af4:1000", "1af4:1000", "8086:10ca", "8086:10ca"]
    assert not kvm.module(name=I440FX, ports=PORTS, power="cycle")["changed"]


@pytest.mark.mission("S22")
def test_what_others_hold_is_refused_by_name(kvm: Kvm) -> None:
    kvm.module(ports=PORTS, power="cycle")
    mine = {"name": OTHER, "cluster_node": 1}
    kvm.module(**mine, ports=[{"vf": VFS[0]}], fails=f"is already in use by domain {NODE} \\(running, interface type='hostdev'\\)")
    kvm.virsh("destroy", NODE)
    kvm.host.run(["udevadm", "settle"])
    kvm.module(**mine, ports=[{"vf": VFS[0]}], fails=f"is already in use by domain {NODE} \\(defined, interface type='hostdev'\\)")
    kvm.module(**mine, ports=[{"pf": "eno2", "index": 1, "mac": MACS[0]}], fails=f"MAC address {MACS[0]} is in use by domain {NODE}")
    # NetworkManager would take an address away that is none of its own, and would set a PF up again.
    kvm.host.run(["nmcli device set enp1s0v1 managed no; nmcli device set eno3 managed no"])
    kvm.host.run(["ip", "addr", "add", "192.0.2.1/24", "dev", "enp1s0v1"])
    kvm.host.run(["ip", "link", "set", "enp1s0v1", "up"])
    kvm.module(**mine, ports=[{"pf": "eno2", "index": 1}], fails=r"is already in use by netdev enp1s0v1 \(.*192.0.2.1/24\)")
    chosen = kvm.module(check=True, **mine, ports=[{"pf": "eno2"}])
    assert [row["index"] for row in chosen["ports"] if row["sriov"]] == [2]
    pool = "<network><name>pool</name><forward mode='hostdev' managed='yes'><pf dev='eno3'/></forward></network>"
    kvm.host.write("/tmp/pool.xml", pool)
    kvm.virsh("net-define", "/tmp/pool.xml")
    kvm.module(**mine, ports=[{"pf": "eno3", "index": 1}], fails="is already in use by network pool")
    kvm.virsh("net-undefine", "pool")
    kvm.host.run(["ip", "link", "set", "eno3", "down"])
    kvm.module(**mine, ports=[{"pf": "eno3", "index": 1}], fails="eno3, the PF of VF 0000:02:10.2, is down")
    kvm.module(**mine, ports=[{"pf": "eno4"}], fails="eno4 is a network device .*which has no SR-IOV")
    kvm.module(**mine, ports=[{"vf": "0000:01:00.0"}], fails=r"is a PF\. expected a VF")
    kvm.module(**mine, ports=[{"pf": "eno2", "index": 5}], fails="eno2 has no VF 5; it has 4 VFs")
    kvm.module(name="nosuch", ports=[], fails="has no domain 'nosuch'")
    kvm.module(**mine, ports=[{"pf": "eno2", "index": 3, "driver": "kvm"}], fails="driver kvm is not offered")
    assert "hostdev" not in kvm.xml(OTHER)


def test_a_domain_that_does_not_start_runs_again_as_before(kvm: Kvm) -> None:
    kvm.virsh("start", NODE)
    before = kvm.xml()
    kvm.host.run(["mkdir", "-p", "/etc/libvirt/hooks"])
    kvm.host.write("/etc/libvirt/hooks/qemu", HOOK)
    kvm.host.run(["chmod", "755", "/etc/libvirt/hooks/qemu"])
    kvm.host.run(["systemctl", "restart", "libvirtd"])
    for step, does, why in (
        ("prepare", "echo the hook says no >&2; exit 1", "the hook says no"),
        ("stopped", "ip link set eno2 down", "eno2.*not online"),
        ("stopped", "echo 0 > /sys/class/net/eno3/device/sriov_numvfs", f"VF {VFS[1]} has gone from the host"),
    ):
        kvm.host.write(f"/run/meanwhile-{step}", does)
        kvm.module(
            ports=PORTS, **FORCED, fails=rf"did not start with its new ports \(.*{why}.*\); its old definition is back and it runs again"
        )
        assert kvm.state() == "running" and kvm.xml() == before
        kvm.make_vfs()

    # The daemon goes away while the domain is off: one clear error, and the next run ends it.
    kvm.host.write("/run/meanwhile-stopped", "systemctl --no-block restart libvirtd; sleep 5")
    kvm.module(ports=PORTS, **FORCED, fails="the connection to libvirt at qemu:///system was lost.*run it again")
    result = kvm.module(ports=PORTS)
    assert result["actions"][-1] == f"start {NODE} (an earlier run shut it down)"
    assert kvm.state() == "running" and kvm.driver(VFS[0]) == "vfio-pci"
    assert not kvm.module(ports=PORTS)["changed"]


def test_a_play_that_is_killed_while_it_waits_is_ended_by_the_next(kvm: Kvm) -> None:
    kvm.virsh("start", NODE)
    running = kvm.start_module(ports=PORTS, power="cycle", shutdown_timeout=600)
    owed = "/var/lib/vsrx-sriov/domains/*/unfinished.json"
    kvm.host.run([f"until [ -e {owed} ] && virsh dumpxml --inactive {NODE} | grep -q hostdev; do sleep 0.2; done"])
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    # The module's process outlives its connection; it is the one that has the domain's lock open.
    kvm.host.run([f"for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null | grep -q '{NODE_LOCK}' && kill -9 ${{p#/proc/}}; done; true"])
    kvm.virsh("destroy", NODE)
    result = kvm.module(ports=PORTS)
    assert result["actions"] == [f"start {NODE} (an earlier run shut it down)"]
    assert kvm.state() == "running" and kvm.driver(VFS[0]) == "vfio-pci"
    assert not kvm.module(ports=PORTS)["changed"]


def test_a_port_is_attached_to_a_domain_that_runs(kvm: Kvm) -> None:
    kvm.virsh("start", I440FX)
    result = kvm.module(name=I440FX, ports=PORTS, power="live")
    assert [action.split()[0] for action in result["actions"]] == ["add", "add", "attach", "attach"] and not result["restarted"]
    assert [kvm.driver(vf) for vf in VFS] == ["vfio-pci", "vfio-pci"]
    assert not kvm.module(name=I440FX, ports=PORTS, power="live")["changed"]
    # A guest without an OS never lets go of a device: libvirt says that it is detached, and it is not.
    before = kvm.xml(I440FX)
    kvm.module(
        name=I440FX,
        ports=[PORTS[1]],
        state="absent",
        power="live",
        shutdown_timeout=5,
        fails="has not let go of VF 0000:02:10.0 within 5 s",
    )
    assert kvm.xml(I440FX) == before and not kvm.module(check=True, name=I440FX, ports=PORTS)["changed"]


@pytest.mark.mission("S5", "S21")
def test_a_guest_that_behaves(guest_host: Any, tmp_path: pathlib.Path) -> None:
    """Attach, unplug and shutdown as a guest with an OS answers them, and the map as it sees it."""
    kvm = Kvm(guest_host, tmp_path)
    kvm.make_vfs()
    alone: dict[str, Any] = {"name": "guest1", "cluster_node": None}
    console = "/var/log/libvirt/qemu/guest1-console.log"

    attached = kvm.module(**alone, ports=PORTS, power="live")
    for row in attached["ports"]:
        guest_host.until(f"grep -q '{row['mac']}' {console}")
    seen = {line.split()[2]: line.split()[1] for line in guest_host.guest_output() if line.startswith("nic ")}
    assert seen == {row["mac"]: row["guest_address"] for row in attached["ports"]}
    assert sorted(seen, key=lambda mac: seen[mac]) == [row["mac"] for row in attached["ports"]]

    kvm.module(**alone, ports=[PORTS[0]], state="absent", power="live", fails="a NIC that stays would change or get another place")
    detached = kvm.module(**alone, ports=[PORTS[1]], state="absent", power="live")
    assert not detached["restarted"]
    # The device is gone from the domain before the guest's own console has said so.
    guest_host.until(f"grep -q 'gone {attached['ports'][2]['guest_address']}' {console}")
    guest_host.run(["udevadm", "settle"])
    assert kvm.driver(VFS[1]) == "igbvf" and kvm.driver(VFS[0]) == "vfio-pci"

    cycled = kvm.module(**alone, ports=[PORTS[0]], exclusive=True, power="cycle")
    assert not cycled["changed"]
    turned = kvm.module(**alone, ports=list(reversed(PORTS)), power="cycle", shutdown_timeout=900)
    assert turned["restarted"] and turned["actions"][-2:] == ["shut down guest1", "start guest1"]
    assert [kvm.driver(vf) for vf in VFS] == ["vfio-pci", "vfio-pci"]


@pytest.mark.mission("S6", "S21")
def test_attributes_of_a_port_are_on_its_vf_as_long_as_the_port_is_there(kvm: Kvm) -> None:
    def attributes() -> tuple[bool, bool]:
        (link,) = json.loads(kvm.host.run(["ip", "-d", "-j", "link", "show", "dev", "eno2"]).stdout)
        return link["vfinfo_list"][0]["trust"], link["vfinfo_list"][0]["spoofchk"]

    bare, before = kvm.xml(), attributes()
    assert before == (False, True)
    ports = [{**PORTS[0], "trust": True, "spoofchk": False}, PORTS[1]]
    # This NIC guarantees no rates: nothing is left of the attempt.
    refused = "VF 0 of eno2 cannot have spoofchk off, trust on, min_tx_rate 100: 'ip link set .*its old definition is back and it is off"
    kvm.module(ports=[{**ports[0], "min_tx_rate": 100}], fails=refused, **FORCED)
    assert (kvm.xml(), attributes(), kvm.state()) == (bare, before, "shut off")
    preview = kvm.module(check=True, ports=ports, **FORCED)
    done = kvm.module(ports=ports, **FORCED)
    assert done["actions"] == preview["actions"] and done["actions"][-2:] == [
        "set VF 0 of eno2: spoofchk off (was on), trust on (was off)",
        f"start {NODE}",
    ]
    assert kvm.state() == "running" and attributes() == (True, False)
    assert [row["trust"] for row in done["ports"] if row["sriov"]] == [True, False]
    assert not kvm.module(ports=ports, **FORCED)["changed"]
    # libvirt gives the VF back with its old MAC address; trust stays until the port goes.
    gone = kvm.module(ports=ports, state="absent", **FORCED)
    assert "put back VF 0 of eno2: spoofchk on (was off), trust off (was on)" in gone["actions"]
    assert attributes() == before
