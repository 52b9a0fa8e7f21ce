# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Takes the steps of a plan. A failure says what was planned, what was answered, and what is there now."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing as t

from .. import _mac_address
from .._errors import ApplyError, ConflictError
from .._host import fs, process, reader, sysfs, vf_user_reader
from .._host.attribute_table import ATTRIBUTE_GROUPS
from .._host.files import HostLock
from .._host.iproute import BusyError, IpError, has_carrier, set_group
from .._host.model import Pf, Vf
from .._host.reader import HostAccess
from .._host.vf_user import expects_netdev
from . import checks, obstacles
from .plan import SetAutoprobe, SetCount, SetMtu, SetUp, SetVf, Step, list_actions, takes_away

_SECONDS = 120.0
_SETTLE = 30
#: bnxt_en answers 0 and does nothing while its firmware resets
_SILENT_SECONDS = 10.0
#: what those who wait for the lock can read meanwhile
READS_LIBVIRT = "reading the domains of libvirt"
_SILENT_PAUSE = 0.5
#: 32 VFs of an 82599 take 3 seconds, and 64 of an XL710 longer
_NETDEV_SECONDS = 60.0


def compute_deadline(step: SetCount) -> float:
    """Drivers take up to a second for each VF."""
    return _SECONDS + max(step.before, step.after)


def _fail(pf: Pf, action: str, failure: IpError) -> t.NoReturn:
    if isinstance(failure, BusyError):
        raise ApplyError(f"{pf.label}: {action}: driver {pf.driver} was busy for too long; run again when the PF is quiet") from None
    raise ApplyError(f"{pf.label}: {action}: driver {pf.driver} refused: {failure.answer}") from None


def _wait_for_netdevs(access: HostAccess, pf: Pf) -> None:
    """Wait for the netdevs of VFs that were just created: i40e's and ice's register theirs from a work queue, which udev does not know."""
    process.settle_udev(_SETTLE)
    vfs = reader.read_pf(access, pf.name or pf.address).vfs
    if any(expects_netdev(vf) for vf in vfs):
        vf_user_reader.wait_for_netdevs(access.fs, vfs, _NETDEV_SECONDS)
        # Those that came late are still to be named.
        process.settle_udev(_SETTLE)


def _write_count(access: HostAccess, lock: HostLock, step: SetCount, pf: Pf, count: int) -> int:
    """Write a number once; returns how many VFs there are then."""
    seconds = compute_deadline(step)
    try:
        fs.write_num_vfs(
            access.fs,
            step.address,
            count,
            seconds,
            started=lambda pid: lock.note(f"process {pid}, writing {count} to sriov_numvfs of {step.pf} ({step.address}),"),
        )
    except fs.WriteError as failure:
        raise ApplyError(obstacles.describe_refused(pf, count, failure.number, len(sysfs.list_vfs(access.fs, step.address)))) from None
    except fs.WriteTimeoutError as late:
        found = len(sysfs.list_vfs(access.fs, step.address))
        raise ApplyError(obstacles.describe_timeout(pf, count, seconds, late.pid, lock.path, found)) from None
    return len(sysfs.list_vfs(access.fs, step.address))


def _set_count(access: HostAccess, lock: HostLock, step: SetCount, pf: Pf) -> None:
    for count in step.writes:
        before = len(sysfs.list_vfs(access.fs, step.address))
        found = _write_count(access, lock, step, pf, count)
        deadline = time.monotonic() + _SILENT_SECONDS
        # A PF that is down makes none however often the number is written.
        while found == before != count and pf.up and time.monotonic() < deadline:
            time.sleep(_SILENT_PAUSE)
            found = _write_count(access, lock, step, pf, count)
        if found != count:
            raise ApplyError(obstacles.describe_too_few(pf, count, found))
    if step.after and pf.drivers_autoprobe is not False:
        _wait_for_netdevs(access, pf)


@dataclasses.dataclass(frozen=True)
class _Done:
    """Attributes that were set together, and what they were as far as the driver shows it."""

    pf: str
    index: int
    names: tuple[str, ...]
    before: t.Mapping[str, t.Any]

    def __str__(self) -> str:
        return f"{', '.join(self.names)} of {self.pf} VF {self.index}"


def _set_vf(access: HostAccess, step: SetVf, pf: Pf, done: list[_Done]) -> None:
    """A VF's attributes; a refusal puts back all that ``done`` holds, so that no VF stays half set."""
    name = t.cast(str, pf.name)
    vf = pf.vf(step.index)
    found = vars(vf.attributes) if vf is not None else {}
    wanted = {change.attribute: change.after for change in step.changed if found.get(change.attribute) != change.after}
    for keys in ATTRIBUTE_GROUPS:
        if not any(key in wanted for key in keys):
            continue
        before = {key: found[key] for key in keys if found.get(key) is not None}
        try:
            set_group(access.ip, access.fs, name, step.index, {**before, **{key: wanted[key] for key in keys if key in wanted}})
        except IpError as failure:
            settings = ", ".join(f"{key} {wanted[key]}" for key in keys if key in wanted)
            back = _put_back(access, done)
            if isinstance(failure, BusyError):
                why = "run again when the PF is quiet"
                if pf.up is False:
                    why += "; it is down, and some drivers answer so until it is up (up: true)"
                raise ApplyError(
                    f"{pf.label}: VF {step.index}: driver {pf.driver} was busy for too long to set {settings}; {back}; {why}"
                ) from None
            given = {key: wanted[key] for key in keys if key in wanted}
            why = " ".join(obstacles.explain_refused(pf, given, failure.number, has_carrier(access.fs, name)))
            raise ApplyError(
                f"{pf.label}: VF {step.index}: driver {pf.driver} refused {settings}: {failure.answer}; {back}. {why}"
            ) from None
        done.append(_Done(name, step.index, tuple(key for key in keys if key in wanted), before))
    if vf is not None and {"mac", "trust"} & set(wanted):
        _align_netdevs(access, vf, {**found, **wanted})


def _align_netdevs(access: HostAccess, vf: Vf, attributes: t.Mapping[str, t.Any]) -> None:
    """Give the netdev of a trusted VF the VF's MAC address.

    The VF's driver sends the address that it read when it was bound, whenever it is reset, and the PF takes it from a VF that it trusts.
    """
    mac = attributes.get("mac")
    if not attributes.get("trust") or not mac or _mac_address.is_zero(mac):
        return
    for netdev in vf.netdevs:
        # A driver that takes an address only while its netdev is down reads it when it is bound next.
        with contextlib.suppress(IpError):
            access.ip.set_address(netdev, mac)


def _put_back(access: HostAccess, done: t.Sequence[_Done]) -> str:
    """Undo in reverse; what is said names what stays."""
    stuck, unknown = [], []
    for each in reversed(done):
        if any(key not in each.before for key in each.names):
            unknown.append(str(each))
        if not each.before:
            continue
        try:
            access.ip.set_vf(each.pf, each.index, each.before)
        except IpError as failure:
            stuck.append(f"{each} ({failure.answer})")
    sentences = []
    if stuck:
        sentences.append(f"could not be put back as it was: {'; '.join(stuck)}")
    if unknown:
        sentences.append(f"stays as it was set, since the driver does not show what it was: {'; '.join(unknown)}")
    return "; ".join(sentences) or "its VFs' attributes are as they were"


def _take_step(access: HostAccess, lock: HostLock, step: Step, pf: Pf, done: list[_Done]) -> None:
    if isinstance(step, SetCount):
        _set_count(access, lock, step, pf)
    elif isinstance(step, SetVf):
        _set_vf(access, step, pf, done)
    elif isinstance(step, SetAutoprobe):
        try:
            fs.set_autoprobe(access.fs, step.address, step.after)
        except OSError as failure:
            raise ApplyError(f"{pf.label}: drivers_autoprobe could not be set: {failure.strerror}") from None
    else:
        try:
            if isinstance(step, SetMtu):
                access.ip.set_mtu(t.cast(str, pf.name), step.after)
            elif isinstance(step, SetUp):
                access.ip.set_up(t.cast(str, pf.name), step.after)
        except IpError as failure:
            _fail(pf, step.describe(), failure)


def _look_again(access: HostAccess, lock: HostLock, steps: t.Sequence[Step], number: int, name: str) -> Pf:
    """Stop before a step that hurts a user who came since the plan was made: other PFs may have taken minutes.

    The attributes of a PF's VFs are quick to set, so that they are judged together. Gives the PF as it is now.
    """
    step = steps[number]
    (pf,) = reader.add_host_use(access, [reader.read_pf(access, name)])
    with lock.note_work(READS_LIBVIRT):
        users = reader.read_host_users(access, [pf]) + reader.read_libvirt_users()
    attributes = [each for each in steps[number:] if isinstance(each, SetVf) and each.address == pf.address]
    judged = attributes if isinstance(step, SetVf) else [step]
    reasons = [reason for each in judged for reason in checks.check_step(each, pf, users)]
    if reasons:
        done, left = list_actions(steps[:number]), list_actions(steps[number:])
        raise ConflictError(
            f"Stopped before '{step.describe()}': {'; '.join(reasons)}. Done: {'; '.join(done) or 'nothing'}. Not done: {'; '.join(left)}. "
            "Run again when they are free; what is done stays"
        )
    return pf


def apply(access: HostAccess, lock: HostLock, steps: t.Sequence[Step], pfs: t.Mapping[str, Pf]) -> None:
    """Take the steps in their order; ``pfs`` by address, as they were when the plan was made."""
    now = dict(pfs)
    stale: set[str] = set()
    #: PFs whose VFs' attributes were planned before the slow step that was taken last
    late: set[str] = set()
    done: list[_Done] = []
    for number, step in enumerate(steps):
        if takes_away(step):
            _look_again(access, lock, steps, number, now[step.address].name or step.address)
        if isinstance(step, SetVf) and not step.fresh and step.address in late:
            now[step.address] = _look_again(access, lock, steps, number, now[step.address].name or step.address)
            late.discard(step.address)
            stale.discard(step.address)
        elif isinstance(step, SetVf) and step.address in stale:
            # VFs that were just made: what is there now is what has to be changed, and put back.
            now[step.address] = reader.read_pf(access, now[step.address].name or step.address)
            stale.discard(step.address)
        _take_step(access, lock, step, now[step.address], done)
        if isinstance(step, (SetCount, SetUp)):
            stale.add(step.address)
        if isinstance(step, SetCount):
            late.update(now)
