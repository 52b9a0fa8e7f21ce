# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that dies before or after any of its changes, whatever it was doing: the next ends where an undisturbed one ends."""

from __future__ import annotations

import itertools
import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.domain import LibvirtDomain
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.journal import Journal
from hostdev_site import MadeUp
from works import CYCLE, WORKS, Scene, Work

CHANGES = (
    "keep",
    "begin",
    "end",
    "define",
    "shut_down",
    "destroy",
    "start",
    "attach",
    "detach",
    "set_attributes",
    "write_vf_records",
    "write_replaced",
)


class KilledError(BaseException):
    """The run ends here, as with SIGKILL: nothing of it goes on."""


def _deadly(call: t.Callable[..., t.Any], name: str, reached: list[str], point: int, after: bool) -> t.Callable[..., t.Any]:
    def act(*arguments: t.Any, **named: t.Any) -> t.Any:
        reached.append(name)
        mine = len(reached) - 1 == point
        if mine and not after:
            raise KilledError(name)
        try:
            return call(*arguments, **named)
        finally:
            if mine:
                raise KilledError(name)

    return act


def _die_at(patch: pytest.MonkeyPatch, point: int, after: bool) -> list[str]:
    """Let runs die before or after their point-th change; what is returned fills with the changes that were reached."""
    reached: list[str] = []
    for owner, name in itertools.product((LibvirtDomain, Journal, MadeUp), CHANGES):
        if hasattr(owner, name):
            patch.setattr(owner, name, _deadly(getattr(owner, name), name, reached, point, after))
    return reached


@pytest.mark.mission("S5")
@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_a_run_that_is_killed_anywhere_is_ended_by_the_next(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    with monkeypatch.context() as counting:
        site = scene.fresh()
        reached = _die_at(counting, -1, after=False)
        undisturbed = scene.run(site)
        points = len(reached)
    # A guest that was asked to shut down may still do so.
    assert points >= 2 and undisturbed.under_way == (work.fails == "did not shut down")
    for point, after in itertools.product(range(points), (False, True)):
        site = scene.fresh()
        with monkeypatch.context() as killing:
            died = _die_at(killing, point, after)
            with pytest.raises(KilledError):
                site.converge(**work.options)
        assert scene.run(site) == undisturbed, f"killed {'after' if after else 'before'} {died[-1]}, change {point + 1} of {points}"
        if not work.fails:
            assert site.converge(**work.options)["changed"] is False


def test_what_a_person_changed_after_an_interrupted_run_is_not_lost(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(libvirtd, uri, tmp_path, WORKS["a start that fails"], monkeypatch)
    site = scene.fresh()
    before = site.inactive
    with monkeypatch.context() as killing:
        killing.setattr(LibvirtDomain, "shut_down", _deadly(LibvirtDomain.shut_down, "shut_down", [], 0, after=False))
        with pytest.raises(KilledError):
            site.converge(**CYCLE)
    assert site.inactive != before
    libvirtd.defineXML(site.inactive.replace("</name>", "</name>\n  <title>edited</title>"))
    edited = site.inactive
    with pytest.raises(VsrxError, match="its old definition is back .* the definition that this run found is kept in (.*)") as refused:
        site.converge(**CYCLE)
    assert site.inactive == before
    assert pathlib.Path(refused.value.message.rpartition(" ")[2]).read_text(encoding="utf-8") == edited
