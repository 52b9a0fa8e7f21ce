# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The kernel command line of a KVM host: which word keeps the IOMMU off, and the tool of the distribution that changes it. Pure."""

from __future__ import annotations

import re
import typing as t

#: what is looked for on a host, in the order in which it decides: the path, and the tool that it means
TOOLS = (
    ("/usr/bin/rpm-ostree", "rpm-ostree"),
    ("/run/ostree-booted", "bootc"),
    ("/usr/sbin/grubby", "grubby"),
    ("/etc/kernel/proxmox-boot-uuids", "proxmox-boot-tool"),
    ("/usr/sbin/update-grub", "update-grub"),
    ("/usr/sbin/grub2-mkconfig", "grub2-mkconfig"),
    ("/etc/kernel/cmdline", "kernel-install"),
)
#: the tools that the role sriov_host runs itself
WRITTEN = ("rpm-ostree", "grubby", "update-grub")
_OPTIONS = {"intel": ("iommu", "intel_iommu"), "amd": ("iommu", "amd_iommu")}
_GRUB = "GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub"
#: the commands of GRUB that load a kernel; memtest is loaded by them, too, and has no root
_LINUX = ("linux", "linux16", "linuxefi")
_ROOT = re.compile(r"\broot=")


def find_off_word(words: t.Sequence[str], vendor: t.Optional[str]) -> t.Optional[str]:
    """Return the word of the kernel command line that keeps the IOMMU off; of one option the last word decides."""
    state: dict[str, t.Optional[str]] = {}
    for word in words:
        name, _equals, value = word.partition("=")
        values = value.split(",")
        if name == "iommu":
            # iommu=pt and iommu=force do not take an earlier off back on x86; soft and noforce are no off.
            state[name] = word if "off" in values else state.get(name)
        elif name in ("intel_iommu", "amd_iommu") and ("off" in values or "on" in values):
            state[name] = word if "off" in values and "on" not in values[values.index("off") :] else None
    mine = _OPTIONS.get(vendor or "", tuple(state))
    return next((state[name] for name in mine if state.get(name)), None)


def has_intel_on(words: t.Iterable[str]) -> bool:
    """Tell whether a word switches VT-d on."""
    return any(word.startswith("intel_iommu=") and "on" in word.partition("=")[2].split(",") for word in words)


def find_missing(wanted: t.Sequence[str], running: t.Sequence[str]) -> list[str]:
    """Return the wanted arguments that the running kernel lacks; none where they would not switch VT-d on.

    It is asked where nothing but a missing argument keeps VT-d off. The boot loader appends what is added.
    """
    missing = [word for word in wanted if word not in running]
    next_boot = [*running, *missing]
    return missing if missing and has_intel_on(next_boot) and find_off_word(next_boot, "intel") is None else []


def choose_tool(present: t.Collection[str]) -> str:
    """Return what changes the kernel command line of a host that has these of the paths of TOOLS."""
    if "/run/ostree-booted" not in present:
        # rpm-ostree can be installed on a host that does not boot by it.
        present = [path for path in present if path != "/usr/bin/rpm-ostree"]
    return next((tool for path, tool in TOOLS if path in present), "unknown")


def describe_change(tool: str, verb: str, words: str) -> str:
    """Say how a person adds arguments or removes them (verb), by the tool of the distribution."""
    adds = verb == "add"
    file = {
        "proxmox-boot-tool": "/etc/kernel/cmdline (ZFS, systemd-boot) or GRUB_CMDLINE_LINUX in /etc/default/grub",
        "update-grub": f"{_GRUB}, and the files of /etc/default/grub.d",
        "grub2-mkconfig": _GRUB,
        "kernel-install": "/etc/kernel/cmdline",
    }.get(tool, "the kernel command line as this distribution does it")
    apply = {
        "proxmox-boot-tool": "proxmox-boot-tool refresh",
        "update-grub": "update-grub",
        "grub2-mkconfig": "grub2-mkconfig -o /boot/grub2/grub.cfg",
        "kernel-install": "kernel-install add-all",
    }.get(tool)
    if tool == "grubby":
        return f"Run grubby --update-kernel=ALL {'--args' if adds else '--remove-args'}='{words}'"
    if tool == "rpm-ostree":
        option = "--append-if-missing" if adds else "--delete-if-present"
        return f"Run rpm-ostree kargs {' '.join(f'{option}={word}' for word in words.split())}"
    if tool == "bootc":
        kargs = ", ".join(f'"{word}"' for word in words.split())
        what = f"Put kargs = [{kargs}] into" if adds else f"Take {words} from"
        return f"{what} a file of /usr/lib/bootc/kargs.d in the image, and run bootc upgrade"
    if adds and tool in ("update-grub", "grub2-mkconfig"):
        file = "GRUB_CMDLINE_LINUX in /etc/default/grub"
    return f"{'Add' if adds else 'Remove'} {words} {'to' if adds else 'from'} {file}" + (f", and run {apply}" if apply else "")


def read_next_boot(tool: str, text: str) -> list[list[str]]:
    """Return the words of each kernel command line that the boot loader has: grubby --info=ALL, rpm-ostree kargs, or grub.cfg."""
    if tool == "rpm-ostree":
        return [text.split()] if text.strip() else []
    read = _read_grubby_line if tool == "grubby" else _read_grub_line
    return [words for line in text.split("\n") for words in [read(line)] if words is not None]


def _read_grubby_line(line: str) -> t.Optional[list[str]]:
    name, equals, words = line.partition("=")
    return words.removeprefix('"').removesuffix('"').split() if equals and name == "args" else None


def _read_grub_line(line: str) -> t.Optional[list[str]]:
    words = line.split()
    return words[1:] if words and words[0] in _LINUX and _ROOT.search(line) else None


def judge_next_boot(tool: str, text: str, wanted: t.Sequence[str]) -> tuple[list[str], t.Optional[str]]:
    """Return which wanted arguments one of the next boot's command lines lacks, and the word that would keep VT-d off all the same.

    A boot loader of which nothing could be read lacks all of them.
    """
    lines = read_next_boot(tool, text)
    missing = [word for word in wanted if not lines or any(word not in line for line in lines)]
    return missing, next((word for line in lines for word in [find_off_word(line, "intel")] if word), None)
