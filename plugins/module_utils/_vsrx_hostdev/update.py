# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml import reading
from .._domain_xml.vf_users import claims_of
from .._errors import VsrxError
from .._host import vf_usage
from .._host.vf_user import VfUser
from .._libvirt import Connection, Handle, read
from . import live, nic_state
from .host_state import Host
from .journal import Journal
from .nic_state import Signature
from .plan import Plan, Planner
from .request import Request
from .steps import Attach, Detach, EndRecord, ShutDown, Start

_DEVICE_CAME_OR_WENT = "No such device"


class HostReader(t.Protocol):
    """What is read of the host beside libvirt."""

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """The host as it is, for what is asked and the functions that are there."""

    def driver_of(self, function: str) -> t.Optional[str]:
        """The driver that holds a function."""

    def holder_of(self, function: str) -> t.Optional[str]:
        """Who holds a function."""

    def has(self, function: str) -> bool:
        """Is the function still there?"""

    def settle(self) -> None:
        """Wait until the host has worked off its events."""


@dataclasses.dataclass(frozen=True)
class Consent:
    """How far the domain's power may be used."""

    shutdown_timeout: float = 180
    force_off: bool = False


def _with_host(domains: t.Sequence[VfUser], host: t.Iterable[VfUser]) -> list[VfUser]:
    """All holds; a domain that runs explains the VFIO group that its process has open."""
    explained = {claim.address for claim in domains if claim.active and claim.address}
    return [*domains, *(claim for claim in host if claim.address not in explained)]


class Run:
    """One domain, from what is there to what is asked."""

    def __init__(self, connected: Connection, reader: HostReader, request: Request, uuid: str, journal: Journal) -> None:
        state = read(connected)
        found = next((domain for domain in state.domains if domain.uuid == uuid), None)
        if found is None:
            raise VsrxError(f"{connected.uri}: domain {uuid} went away while it was looked at")
        self._handle = Handle(connected, found.uuid, found.name)
        self._domain = dataclasses.replace(found, inactive_xml=self._handle.definition()) if found.persistent else found
        self._reader = reader
        self._journal = journal
        self._earlier = earlier = journal.unfinished()
        # Where the domain runs what its definition says, an earlier run did all that it owed but to say so.
        over = earlier is not None and self._runs_its_definition()
        host = reader.read(request, self._functions())
        claims = _with_host(claims_of(state), host.claims)
        self._vfs = host.vfs
        self.plan: Plan = Planner(request, self._domain, host, claims).plan(pending_start=earlier is not None and earlier.start)
        self.backup: t.Optional[str] = None
        if earlier is not None and not self.plan.steps:
            self.plan = dataclasses.replace(self.plan, steps=(EndRecord(self.name),))
        owed = None if over else earlier
        # What a failure brings back: where an earlier run did not end, that is what was before that run.
        self._former = (owed.former if owed else None) or self._domain.inactive_xml or ""
        self._former_live = self._former if owed else self._domain.live_xml
        self._ran = owed.ran if owed else self._domain.active
        self._kept = ""
        self._found_kept = ""

    def _runs_its_definition(self) -> bool:
        if self._domain.live_xml is None or self._domain.inactive_xml is None:
            return False
        texts = (self._domain.inactive_xml, self._domain.live_xml)
        return nic_state.allow(*(nic_state.of_xml(xml, f"domain {self.name}", self._functions()) for xml in texts))

    def _functions(self) -> list[str]:
        """The host's functions that the domain has, by its definition or as it runs."""
        texts = (self._domain.inactive_xml, self._domain.live_xml)
        return [function for xml in texts if xml for function in reading.managed_functions(reading.read(xml, f"domain {self.name}"))]

    @property
    def name(self) -> str:
        return self._domain.name

    @property
    def restarts(self) -> bool:
        return any(isinstance(step, ShutDown) for step in self.plan.steps)

    @property
    def starts(self) -> bool:
        return any(isinstance(step, Start) for step in self.plan.steps)

    @property
    def _live_steps(self) -> list[t.Union[Attach, Detach]]:
        return [step for step in self.plan.steps if isinstance(step, (Attach, Detach))]

    def prepare(self) -> None:
        """Keep what was before, and define what is planned; the guest does not notice yet."""
        before = t.cast(str, self._domain.inactive_xml)
        if self.plan.xml is not None:
            self.backup = self._journal.keep(before)
        if self._former != before:
            # Somebody may have changed it since the earlier run; a failure brings back what was before that one, and loses nothing.
            self._found_kept = f"; the definition that this run found is kept in {self._journal.keep(before)}"
        if self.starts or self._live_steps:
            self._kept = self._journal.begin(self.name, self._former, start=self.starts, ran=self._ran)
        if self.plan.xml is not None:
            try:
                self._define(self.plan.xml, before)
            except VsrxError as failure:
                if self._earlier is None and self._is_defined(before):
                    raise VsrxError(f"{failure.message}{self._forget()}") from None
                raise

    def finish(self, consent: Consent) -> None:
        """Shut down and start as planned, or leave the domain as it was."""
        if self.restarts:
            self._shut_down(consent)
        if self.starts:
            self._start()
        if self._live_steps:
            self._change_live(consent.shutdown_timeout)
        left = self._forget()
        if left:
            raise VsrxError(f"domain {self.name} is as planned{left}")

    def _forget(self) -> str:
        """End the record; where it stays, what to say of it beside the run's own outcome, which it must not hide."""
        try:
            self._journal.end()
        except VsrxError as failure:
            return f"; {failure.message}"
        return ""

    def _change_live(self, seconds: float) -> None:
        """Detach and attach, and look whether it happened: libvirt says 'detached' when the guest was merely asked."""
        try:
            self._apply_live(self._live_steps, seconds)
            self._prove()
        except VsrxError as failure:
            self._undo_live(seconds, failure.message)

    def _apply_live(self, steps: t.Iterable[t.Union[Attach, Detach]], seconds: float) -> None:
        for step in steps:
            if isinstance(step, Detach):
                self._detach(step, seconds)
            else:
                self._reader.settle()
                self._handle.attach(step.xml)

    def _detach(self, step: Detach, seconds: float) -> None:
        self._handle.detach(step.xml)
        if not self._handle.until_gone(lambda xml: step.vf not in {each.function for each in self._signatures(xml)}, seconds):
            raise VsrxError(f"domain {self.name}: the guest has not let go of VF {step.vf} within {seconds:g} s, and may still do so")

    def _undo_live(self, seconds: float, why: str) -> t.NoReturn:
        back = "its definition is what it was"
        try:
            self._handle.define(self._former)
            now, former = self._handle.live(), t.cast(str, self._former_live)
            if self._signatures(now) != self._signatures(former):
                self._apply_live(live.steps(dataclasses.replace(self._domain, live_xml=now), former, self._vfs), seconds)
            back += self._forget()
        except VsrxError as second:
            back += f", but what it runs with could not be put back: {second.message}"
        raise VsrxError(f"domain {self.name} was not changed live: {why}; {back}{self._found_kept}")

    def _define(self, xml: str, before: str) -> None:
        self._handle.define(xml)
        found = self._signatures(self._handle.definition())
        wanted = self._signatures(xml)
        if found != wanted:
            self._handle.define(before)
            raise VsrxError(
                f"domain {self.name}: libvirt made something else of the new definition, so the old one is back; "
                f"planned: {nic_state.told(wanted)}; found: {nic_state.told(found)}"
            )

    def _is_defined(self, xml: str) -> bool:
        """Is this the definition for certain? Not where libvirt does not answer any more."""
        try:
            return self._handle.definition() == xml
        except VsrxError:
            return False

    def _signatures(self, xml: str) -> list[Signature]:
        return nic_state.of_xml(xml, f"domain {self.name}", self._vfs)

    def _shut_down(self, consent: Consent) -> None:
        if self._handle.shut_down(consent.shutdown_timeout):
            return
        if consent.force_off:
            self._handle.destroy()
            return
        if self._handle.definition() != self._former:
            self._handle.define(self._former)
        what = f"domain {self.name} did not shut down within {consent.shutdown_timeout:g} s, so its ports were left as they were"
        if self._handle.active:
            # The request can not be taken back. The record stays, so that the next run starts what went down after this one.
            late = "; it was asked and may still do so, then run this again, which starts it"
        else:
            self._start_settled()
            late = f"; it did after that, and was started again{self._forget()}"
        raise VsrxError(
            f"{what}{self._found_kept}{late}; shut it down from inside, or set force_off: true to switch it off at the deadline"
        )

    def _start(self) -> None:
        try:
            self._start_settled()
            self._prove()
        except VsrxError as failure:
            gone = [row.vf for row in self.plan.rows if row.vf and not self._reader.has(row.vf)]
            self._roll_back("; ".join((failure.message, *(f"VF {function} has gone from the host" for function in gone))))

    def _start_settled(self) -> None:
        """A VF that has just come back to the host gets its netdev and then its name; libvirt trips when it starts between."""
        for last in (False, False, True):
            self._reader.settle()
            try:
                self._handle.start()
                return
            except VsrxError as failure:
                if last or _DEVICE_CAME_OR_WENT not in failure.message:
                    raise

    def _prove(self) -> None:
        """The running domain has what was planned, and the host has given the VFs away."""
        found = self._signatures(self._handle.live())
        wanted = self._signatures(self._handle.definition())
        if not nic_state.allow(wanted, found):
            raise VsrxError(
                f"domain {self.name} runs with other NICs than planned; planned: {nic_state.told(wanted)}; found: {nic_state.told(found)}"
            )
        for each in wanted:
            if each.function is None or each.driver != nic_state.VFIO:
                continue
            driver = self._reader.driver_of(each.function)
            if not vf_usage.is_vfio(driver):
                raise VsrxError(f"domain {self.name} runs, but VF {each.function} is bound to {driver or 'no driver'}; expected vfio-pci")
            if self._reader.holder_of(each.function) is None:
                raise VsrxError(f"domain {self.name} runs, but no process has VF {each.function} open")

    def _roll_back(self, why: str) -> t.NoReturn:
        try:
            self._handle.destroy()
            self._handle.define(self._former)
            if self._ran:
                self._start_settled()
        except VsrxError as second:
            raise VsrxError(
                f"domain {self.name} did not start with its new ports ({why}), and its old definition did not come back either "
                f"({second.message}); the old definition is kept in {self._kept}"
            ) from None
        state = "runs again" if self._ran else "is off, as it was"
        left = f"{self._found_kept}{self._forget()}"
        raise VsrxError(f"domain {self.name} did not start with its new ports ({why}); its old definition is back and it {state}{left}")
