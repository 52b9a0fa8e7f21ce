# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode tells, word by word, what a real run then does, for everything that a run can be asked."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from hostdev_site import PORTS, Site
from support.domain_shapes import vf
from works import WORKS, Scene, Work

DONE = {name: work for name, work in WORKS.items() if not work.fails}
REFUSED: dict[str, dict[str, t.Any]] = {
    "it is running, and its ports would change": {"ports": PORTS[::-1]},
    "cannot be changed live": {"ports": PORTS[::-1], "power": "live"},
    "has no PCI function 0000:99:00.1": {"ports": [{"vf": "0000:99:00.1"}], "power": "cycle"},
    "is a PF": {"ports": [{"vf": "0000:83:00.0"}], "power": "cycle"},
    "is given to .* too": {"ports": [{"vf": vf(0)}, {"vf": vf(0)}], "power": "cycle"},
    "unicast": {"ports": [{"vf": vf(0), "mac": "01:00:5e:00:00:01"}], "power": "cycle"},
    "no domain 'other'": {"name": "other", "ports": PORTS},
}


def _state(site: Site) -> tuple[str, int, bool, list[pathlib.Path]]:
    folder = pathlib.Path(site.options["state_dir"])
    return site.inactive, site.domain.ID(), bool(site.domain.isActive()), sorted(folder.rglob("*"))


@pytest.mark.mission("S5")
@pytest.mark.parametrize("work", DONE.values(), ids=DONE)
def test_a_preview_is_what_happens(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    site = scene.fresh()
    before = _state(site)
    preview = site.converge(check=True, **work.options)
    assert _state(site) == before
    real = site.converge(**work.options)
    assert {**preview, "backup": None} == {**real, "backup": None}
    assert preview["changed"] and preview["actions"]
    assert set(_elements(preview["diff"]["after"])) <= set(_elements(site.inactive)) | set(_attributes(site))
    gone = set(_elements(preview["diff"]["before"])) - set(_elements(preview["diff"]["after"]))
    assert not [line for line in gone if "<mac " in line and line in _elements(site.inactive)]
    assert site.converge(check=True, **work.options)["diff"] == {**preview["diff"], "before": "", "after": ""}


def _elements(xml: str) -> list[str]:
    return [line.strip() for line in xml.splitlines()]


def _attributes(site: Site) -> t.Iterator[str]:
    """The lines that a diff has for what was set on VFs, as the PFs show it."""
    shown: dict[tuple[str, int], dict[str, t.Any]] = {}
    for pf, index, values in site.reader.commands:
        shown.setdefault((pf, index), {}).update(values)
    for (pf, index), values in shown.items():
        assert {**site.reader.read_attributes(pf, index), **values} == site.reader.read_attributes(pf, index)
        words = [f"{name} {'on' if value is True else 'off' if value is False else value}" for name, value in values.items()]
        yield f"VF {index} of {pf}: {', '.join(words)}"


@pytest.mark.parametrize("message", REFUSED)
def test_a_preview_refuses_what_a_run_refuses(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, message: str) -> None:
    site = Site(libvirtd, uri, tmp_path)
    site.converge(ports=PORTS)
    site.domain.create()
    before = _state(site)
    output = []
    for check in (True, False):
        with pytest.raises(VsrxError, match=message) as refused:
            site.converge(check=check, **REFUSED[message])
        output.append(str(refused.value))
        assert _state(site) == before
    assert output[0] == output[1]
