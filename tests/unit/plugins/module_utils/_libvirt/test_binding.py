# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said where the Python that runs the module has no binding of libvirt, though libvirt is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import connection


@pytest.mark.parametrize(
    ("there", "said"),
    [
        # RHEL 8: modules run on a Python 3.9 that was installed beside its own
        (["3.6"], "is for Python 3.6, and this collection needs 3.9 or later; RHEL 8 and its rebuilds are not supported as KVM hosts"),
        # RHEL 9 with python3.11 installed, and discovered by Ansible
        (["3.9"], "set ansible_python_interpreter to /usr/bin/python3.9, which has it"),
        (["3.6", "3.12"], "set ansible_python_interpreter to /usr/bin/python3.12, which has it"),
        ([], "install python3-libvirt, or set ansible_python_interpreter to the system's Python"),
    ],
)
def test_a_binding_for_another_python_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str], said: str) -> None:
    for version in there:
        (tmp_path / f"python{version}/site-packages").mkdir(parents=True)
        (tmp_path / f"python{version}/site-packages/libvirt.py").touch()
    monkeypatch.setattr(connection, "libvirt", None)
    monkeypatch.setattr(connection, "_LIBRARIES", (str(tmp_path),))
    monkeypatch.setattr(connection, "_has_daemon", lambda: True)
    with pytest.raises(VsrxError) as refused:
        connection.is_available("qemu:///system")
    assert said in str(refused.value)
