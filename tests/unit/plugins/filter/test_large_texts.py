# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host prints is read in time that grows with its length alone: the longest text that is admitted, of each unkind form."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.filter.boot_loader import boot_loader
from ansible_collections.vsrx.sriov.plugins.filter.domain_uuid import domain_uuid
from ansible_collections.vsrx.sriov.plugins.filter.missing_arguments import missing_arguments
from ansible_collections.vsrx.sriov.plugins.filter.report_row import report_row
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.formats import LONGEST_TEXT
from fuzz.runner import limited

UUID = "7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a90"
TOOLS = ("/usr/sbin/grubby", "/usr/sbin/update-grub", "/usr/bin/rpm-ostree")
#: what it begins with, what is repeated, and how it ends
FORMS = {
    "empty lines": ("", "\n", "x"),
    "blanks": ("", " ", "x"),
    "blanks behind a UUID": (f"{UUID} x", " ", "y"),
    "UUIDs": ("", f"{UUID} fw\n", ""),
    "half UUIDs": ("", f"{UUID[:-1]} ", ""),
    "blanks behind linux": ("linux ", " ", "x"),
    "lines of linux": ("", "linux x\n", ""),
    "roots": ("linux ", "root=", "\n"),
    "words of a root": ("linux x root=1 ", "intel_iommu=on ", "\n"),
    "quotes": ('args="', '"', "x"),
    "lines of arguments": ("", 'args="a"\n', ""),
    "words": ("", "iommu=pt,", ""),
    "escapes": ("", "\x1b[", ""),
    "half sequences": ("\x1b[", "0", ""),
}


def make(form: str) -> str:
    begin, middle, end = FORMS[form]
    return begin + middle * ((LONGEST_TEXT - len(begin) - len(end)) // len(middle)) + end


@pytest.mark.parametrize("form", FORMS)
def test_a_text_of_a_host_is_read_at_once(form: str) -> None:
    text = make(form)
    with limited():
        assert domain_uuid(text.splitlines(), "another") == ""
        for tool in TOOLS:
            boot_loader([tool, "/run/ostree-booted"], "intel_iommu=on iommu=pt", text)
        missing_arguments("intel_iommu=on iommu=pt", text)
        report_row(text)
