# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role sriov_host on a real SR-IOV host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from host_modules import Kvm

pytestmark = pytest.mark.lab
PFS = [{"pf": "eno2", "num_vfs": 4, "up": True}, {"pf": "eno3", "num_vfs": 4, "up": True}]


@pytest.fixture
def kvm(fresh_host: Any, tmp_path: Path) -> Kvm:
    return Kvm(fresh_host, tmp_path)


@pytest.mark.mission("S16", "S18", "S21")
def test_check_then_run_then_nothing_to_do(kvm: Kvm) -> None:
    checked = kvm.play({"sriov_host_pfs": PFS}, "--check")
    assert checked.returncode == 0, checked.stdout
    preview = kvm.facts()
    assert kvm.count("eno2") == 0 and kvm.shell("ls /var/lib/vsrx-sriov 2>&1", check=False).endswith("No such file or directory")
    assert [vf["address"] for vf in preview["result"]["pfs"][0]["vfs"]] == ["0000:01:10.0", "0000:01:10.2", "0000:01:10.4", "0000:01:10.6"]
    assert [(finding["id"], finding["severity"]) for finding in preview["findings"]] == [("S16", "warning"), ("S16", "warning")]
    done = kvm.play({"sriov_host_pfs": PFS})
    assert done.returncode == 0, done.stdout
    assert kvm.facts()["result"]["actions"] == preview["result"]["actions"] == preview["preview"]["actions"]
    assert [pf["persist"] for pf in kvm.facts()["result"]["pfs"]] == [True, True]
    again = kvm.play({"sriov_host_pfs": PFS})
    assert again.returncode == 0 and kvm.facts()["result"]["changed"] is False, again.stdout


@pytest.mark.mission("S2", "S18")
def test_an_error_stops_the_role_before_the_first_change(kvm: Kvm) -> None:
    kvm.set_down("eno2")
    wrong = [*PFS, {"pf": "eno4", "num_vfs": 1}, {"pf": "eno2", "num_vfs": 1}]
    looked = kvm.play({"sriov_host_pfs": wrong}, tasks_from="preflight")
    assert looked.returncode == 0, looked.stdout
    assert [(finding["id"], finding["where"]) for finding in kvm.facts()["findings"] if finding["severity"] == "error"] == [("S18", "eno4")]
    refused = kvm.play({"sriov_host_pfs": wrong})
    assert refused.returncode != 0
    assert "the NIC shows no SR-IOV capability" in refused.stdout and "are one PF" in refused.stdout
    assert kvm.count("eno2") == kvm.count("eno3") == 0 and "state DOWN" in kvm.shell("ip link show eno2")


GRUBBY = """#!/bin/sh
# As the real one answers: --info=ALL shows each kernel's arguments in quotes, --args adds those that are not there.
args=$(cat /run/grubby-args)
case $1 in
--info=ALL) printf 'index=0\\nkernel="/boot/vmlinuz"\\nargs="%s"\\n' "$args" ;;
--update-kernel=ALL)
  for word in ${2#--args=}; do case " $args " in *" $word "*) ;; *) args="$args $word" ;; esac; done
  echo "$args" > /run/grubby-args ;;
esac
"""
#: a word that the running kernel does not have
CMDLINE = "intel_iommu=on iommu=pt vsrx.test=1"


@pytest.mark.mission("S18")
def test_the_kernel_command_line_is_set_with_the_distributions_own_tool(kvm: Kvm) -> None:
    def run(*options: str) -> str:
        done = kvm.play({"sriov_host_pfs": [], "sriov_host_cmdline": CMDLINE}, *options, tasks_from="bootloader")
        if not options:
            assert done.returncode != 0 and "Start it again, or set sriov_host_reboot to true" in done.stdout, done.stdout
        return str(done.stdout)

    kvm.shell("mkdir -p /boot/grub && update-grub")
    configuration = kvm.shell("cat /boot/grub/grub.cfg")
    assert "/vmlinuz" in configuration and CMDLINE not in configuration
    run("--check")
    assert kvm.shell("cat /boot/grub/grub.cfg") == configuration
    kvm.host.write("/etc/grub.d/00_broken", "#!/bin/sh\nexit 1\n")
    kvm.shell("chmod 755 /etc/grub.d/00_broken")
    broken = kvm.play({"sriov_host_pfs": [], "sriov_host_cmdline": CMDLINE}, tasks_from="bootloader")
    assert broken.returncode != 0 and "update-grub" in broken.stdout and "Start it again" not in broken.stdout
    kvm.shell("rm /etc/grub.d/00_broken")
    assert "changed=1" in run()
    lines = [line for line in kvm.shell("cat /boot/grub/grub.cfg").splitlines() if line.strip().startswith("linux")]
    assert lines and all(CMDLINE in line for line in lines)
    assert "changed=0" in run()

    kvm.host.write("/run/grubby-args", "ro quiet intel_iommu=on\n")
    kvm.host.write("/usr/sbin/grubby", GRUBBY)
    kvm.shell("chmod 755 /usr/sbin/grubby")
    assert "changed=1" in run()
    assert kvm.shell("cat /run/grubby-args") == f"ro quiet {CMDLINE}"
    assert "changed=0" in run()
    kvm.host.write("/run/grubby-args", "ro vsrx.test=1 iommu=pt quiet intel_iommu=on iommu=off\n")
    stays = kvm.play({"sriov_host_pfs": [], "sriov_host_cmdline": CMDLINE}, tasks_from="bootloader")
    assert "changed=0" in stays.stdout and "its next boot has iommu=off" in " ".join(stays.stdout.split()), stays.stdout

    # The lab's kernel runs with the role's own words: nothing to put anywhere, and nothing that a restart would change.
    off = {"id": "S18", "severity": "error", "where": "IOMMU", "found": "it is off", "cure": "Switch it on"}
    looked = {"sriov_host_pfs": [], "sriov_host_findings": [off], "sriov_host_preview": {}, "sriov_host_manage_cmdline": "yes"}
    for words, lacks in ({}, []), ({"sriov_host_cmdline": CMDLINE}, ["vsrx.test=1"]):
        there = kvm.play({**looked, **words}, tasks_from="cmdline")
        assert there.returncode == 0 and kvm.facts()["lacks"] == lacks, there.stdout
