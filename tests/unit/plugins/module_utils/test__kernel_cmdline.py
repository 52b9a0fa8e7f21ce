# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel command line: what is missing, by which tool it changes, and whether the next boot switches VT-d on."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.filter import boot_loader, missing_arguments
from ansible_collections.vsrx.sriov.plugins.module_utils import _kernel_cmdline

WANTED = "intel_iommu=on iommu=pt"


@pytest.mark.parametrize(
    ("wanted", "running", "missing"),
    [
        (WANTED, "quiet", ["intel_iommu=on", "iommu=pt"]),
        (WANTED, "quiet iommu=pt", ["intel_iommu=on"]),
        (WANTED, "intel_iommu=on iommu=pt", []),
        # What would not switch VT-d on is no reason for a restart.
        ("iommu=pt", "quiet", []),
        ("intel_iommu=off", "quiet", []),
        (WANTED, "quiet iommu=off", []),
        ("intel_iommu=on,sm_on", "quiet", ["intel_iommu=on,sm_on"]),
        ("", "quiet", []),
    ],
)
def test_what_is_missing_and_would_help(wanted: str, running: str, missing: list[str]) -> None:
    assert missing_arguments.missing_arguments(wanted, running) == missing


GRUB_CFG = """
menuentry 'Debian' {
        linux   /boot/vmlinuz-6.12 root=UUID=1 ro intel_iommu=on iommu=pt quiet
        initrd  /boot/initrd.img-6.12
}
menuentry 'Debian (recovery mode)' {
        linux   /boot/vmlinuz-6.12 root=UUID=1 ro single %s
}
menuentry 'Memory test' { linux16 /boot/memtest86+.bin }
"""
GRUBBY = 'index=0\nkernel="/boot/vmlinuz-5.14"\nargs="ro quiet intel_iommu=on iommu=pt"\nroot="/dev/sda1"\nindex=1\nargs="ro %s"\n'


@pytest.mark.parametrize(
    ("present", "configured", "missing", "off_word"),
    [
        (["/usr/sbin/update-grub"], GRUB_CFG % WANTED, [], ""),
        (["/usr/sbin/update-grub"], GRUB_CFG % "intel_iommu=on", ["iommu=pt"], ""),
        # GRUB_CMDLINE_LINUX_DEFAULT comes behind GRUB_CMDLINE_LINUX
        (["/usr/sbin/update-grub"], GRUB_CFG % f"{WANTED} intel_iommu=off", [], "intel_iommu=off"),
        (["/usr/sbin/update-grub"], GRUB_CFG % f"intel_iommu=off {WANTED}", [], ""),
        (["/usr/sbin/update-grub"], "", ["intel_iommu=on", "iommu=pt"], ""),
        (["/usr/sbin/grubby"], GRUBBY % WANTED, [], ""),
        (["/usr/sbin/grubby"], GRUBBY % "quiet", ["intel_iommu=on", "iommu=pt"], ""),
        (["/usr/sbin/grubby"], GRUBBY % f"{WANTED} iommu=off", [], "iommu=off"),
        (["/usr/bin/rpm-ostree", "/run/ostree-booted"], f"rw {WANTED} $ignition_firstboot\n", [], ""),
        (["/usr/bin/rpm-ostree", "/run/ostree-booted"], "rw quiet\n", ["intel_iommu=on", "iommu=pt"], ""),
        (["/usr/bin/rpm-ostree", "/run/ostree-booted"], "", ["intel_iommu=on", "iommu=pt"], ""),
    ],
)
def test_what_the_next_boot_has(present: list[str], configured: str, missing: list[str], off_word: str) -> None:
    found = boot_loader.boot_loader(present, WANTED, configured)
    assert (found["missing"], found["off_word"], found["by_hand"]) == (missing, off_word, "")


#: distribution, what is on it, the tool, how arguments are added, how a word is removed
HOSTS: list[tuple[str, list[str], str, str, str]] = [
    (
        "RHEL",
        ["/usr/sbin/grubby", "/usr/sbin/grub2-mkconfig", "/etc/kernel/cmdline"],
        "grubby",
        "Run grubby --update-kernel=ALL --args='a=1 b'",
        "Run grubby --update-kernel=ALL --remove-args='a=1 b'",
    ),
    (
        "Debian, Ubuntu",
        ["/usr/sbin/update-grub"],
        "update-grub",
        "Add a=1 b to GRUB_CMDLINE_LINUX in /etc/default/grub, and run update-grub",
        "Remove a=1 b from GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, and the files of /etc/default/grub.d, "
        "and run update-grub",
    ),
    (
        "Fedora CoreOS",
        ["/usr/bin/rpm-ostree", "/run/ostree-booted", "/usr/sbin/grubby"],
        "rpm-ostree",
        "Run rpm-ostree kargs --append-if-missing=a=1 --append-if-missing=b",
        "Run rpm-ostree kargs --delete-if-present=a=1 --delete-if-present=b",
    ),
    (
        "bootc",
        ["/run/ostree-booted"],
        "bootc",
        'Put kargs = ["a=1", "b"] into a file of /usr/lib/bootc/kargs.d in the image, and run bootc upgrade',
        "Take a=1 b from a file of /usr/lib/bootc/kargs.d in the image, and run bootc upgrade",
    ),
    (
        "Proxmox",
        ["/etc/kernel/proxmox-boot-uuids", "/usr/sbin/update-grub", "/etc/kernel/cmdline"],
        "proxmox-boot-tool",
        "Add a=1 b to /etc/kernel/cmdline (ZFS, systemd-boot) or GRUB_CMDLINE_LINUX in /etc/default/grub, and run "
        "proxmox-boot-tool refresh",
        "Remove a=1 b from /etc/kernel/cmdline (ZFS, systemd-boot) or GRUB_CMDLINE_LINUX in /etc/default/grub, and run "
        "proxmox-boot-tool refresh",
    ),
    (
        "SUSE",
        ["/usr/sbin/grub2-mkconfig"],
        "grub2-mkconfig",
        "Add a=1 b to GRUB_CMDLINE_LINUX in /etc/default/grub, and run grub2-mkconfig -o /boot/grub2/grub.cfg",
        "Remove a=1 b from GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, and run grub2-mkconfig -o "
        "/boot/grub2/grub.cfg",
    ),
    (
        "systemd-boot",
        ["/etc/kernel/cmdline"],
        "kernel-install",
        "Add a=1 b to /etc/kernel/cmdline, and run kernel-install add-all",
        "Remove a=1 b from /etc/kernel/cmdline, and run kernel-install add-all",
    ),
    (
        "another",
        [],
        "unknown",
        "Add a=1 b to the kernel command line as this distribution does it",
        "Remove a=1 b from the kernel command line as this distribution does it",
    ),
]


@pytest.mark.parametrize(("present", "tool", "add", "remove"), [host[1:] for host in HOSTS], ids=[host[0] for host in HOSTS])
def test_each_distribution_has_its_own_tool(present: list[str], tool: str, add: str, remove: str) -> None:
    assert _kernel_cmdline.choose_tool(present) == tool
    assert _kernel_cmdline.describe_change(tool, "add", "a=1 b") == add
    assert _kernel_cmdline.describe_change(tool, "remove", "a=1 b") == remove


def test_the_role_tells_by_hand_what_it_does_not_run() -> None:
    tools: dict[str, t.Any] = {host[2]: boot_loader.boot_loader(host[1], "a=1 b")["by_hand"] for host in HOSTS}
    assert {tool for tool, by_hand in tools.items() if not by_hand} == set(_kernel_cmdline.WRITTEN)
