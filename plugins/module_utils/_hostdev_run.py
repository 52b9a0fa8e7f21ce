# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from ._domain import Domain, HypervisorState
from ._domain_journal import Journal, locked
from ._domain_xml import reading
from ._domain_xml.claims import claims_of
from ._errors import VsrxError
from ._hostdev_host import SysfsHost
from ._hostdev_plan import power
from ._hostdev_plan.host import Host
from ._hostdev_plan.plan import Plan, Planner
from ._hostdev_plan.request import Request, request_of
from ._hostdev_plan.steps import ShutDown, Start
from ._hypervisor import Connection, Handle, read

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


_DEVICE_CAME_OR_WENT = "No such device"


class HostReader(t.Protocol):
    """What is read of the host beside libvirt."""

    def read(self, request: Request, present: t.Collection[str]) -> Host: ...

    def driver_of(self, function: str) -> t.Optional[str]: ...

    def settle(self) -> None: ...


@dataclasses.dataclass(frozen=True)
class Consent:
    """How far the domain's power may be used."""

    shutdown_timeout: float = 180
    force_off: bool = False


def pick(state: HypervisorState, name: str, uri: str) -> Domain:
    """The domain of a name or a UUID."""
    named = [domain for domain in state.domains if domain.name == name]
    by_uuid = [domain for domain in state.domains if domain.uuid == name.lower()]
    if named and by_uuid and named != by_uuid:
        raise VsrxError(
            f"'{name}' is the name of one domain and the UUID of another, {by_uuid[0].name}; give the UUID of the one that is meant"
        )
    found = named or by_uuid
    if not found:
        known = ", ".join(sorted(domain.name for domain in state.domains)) or "none"
        raise VsrxError(f"{uri} has no domain '{name}'; its domains: {known}")
    return found[0]


class Run:
    """One domain, from what is there to what is asked."""

    def __init__(self, connected: Connection, reader: HostReader, request: Request, name: str, directory: str) -> None:
        state = read(connected)
        found = pick(state, name, connected.uri)
        self._handle = Handle(connected, found.uuid, found.name)
        self._domain = dataclasses.replace(found, inactive_xml=self._handle.definition()) if found.persistent else found
        self._reader = reader
        self._journal = Journal(directory, found.uuid)
        host = reader.read(request, self._functions())
        claims = [*claims_of(state), *host.claims]
        self._vfs = host.vfs
        self.plan: Plan = Planner(request, self._domain, host, claims).plan(pending_start=self._journal.start_is_owed)
        self.backup: t.Optional[str] = None

    def _functions(self) -> list[str]:
        xml = self._domain.inactive_xml
        return reading.managed_functions(reading.read(xml, f"domain {self.name}")) if xml else []

    @property
    def name(self) -> str:
        return self._domain.name

    @property
    def restarts(self) -> bool:
        return any(isinstance(step, ShutDown) for step in self.plan.steps)

    def apply(self, consent: Consent) -> None:
        """Do the plan, or leave the domain as it was."""
        starts = any(isinstance(step, Start) for step in self.plan.steps)
        before = t.cast(str, self._domain.inactive_xml)
        former = self._journal.former() if self._journal.start_is_owed else None
        if self.plan.xml is not None:
            self.backup = self._journal.keep(before)
        if starts:
            self._journal.owe_start(self.name, self._journal.keep(former or before))
        if self.plan.xml is not None:
            self._define(self.plan.xml, before)
        if self.restarts:
            self._shut_down(consent, before)
        if starts:
            self._start(former or before, was_running=self.restarts or former is not None)
        self._journal.start_paid()

    def _define(self, xml: str, before: str) -> None:
        self._handle.define(xml)
        found = power.seen(self._handle.definition(), f"domain {self.name}", self._vfs)
        wanted = power.signatures(self.plan.rows)
        if found != wanted:
            self._handle.define(before)
            raise VsrxError(
                f"domain {self.name}: libvirt made something else of the new definition, so the old one is back; "
                f"planned {wanted}, found {found}"
            )

    def _shut_down(self, consent: Consent, before: str) -> None:
        if self._handle.shut_down(consent.shutdown_timeout):
            return
        if consent.force_off:
            self._handle.destroy()
            return
        if self.plan.xml is not None:
            self._handle.define(before)
        self._journal.start_paid()
        raise VsrxError(
            f"domain {self.name} did not shut down within {consent.shutdown_timeout:g} s, so its ports were left as they were; "
            "shut it down from inside, or set force_off: true to switch it off at the deadline"
        )

    def _start(self, former: str, was_running: bool) -> None:
        try:
            self._start_settled()
            self._prove()
        except VsrxError as failure:
            self._roll_back(former, was_running, failure.message)

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
        found = power.seen(self._handle.live(), f"running domain {self.name}", self._vfs)
        wanted = power.signatures(self.plan.rows)
        if [each[1:] for each in found] != [each[1:] for each in wanted]:
            raise VsrxError(f"domain {self.name} runs with other NICs than planned; planned {wanted}, found {found}")
        for row in self.plan.rows:
            driver = self._reader.driver_of(row.vf) if row.vf else None
            if row.vf and driver != "vfio-pci":
                raise VsrxError(f"domain {self.name} runs, but VF {row.vf} is bound to {driver or 'no driver'}; expected vfio-pci")

    def _roll_back(self, former: str, was_running: bool, why: str) -> t.NoReturn:
        try:
            self._handle.destroy()
            self._handle.define(former)
            if was_running:
                self._start_settled()
        except VsrxError as second:
            raise VsrxError(
                f"domain {self.name} did not start with its new ports ({why}), and its old definition did not come back either "
                f"({second.message}); the old definition is kept in {self.backup or 'the journal'}"
            ) from None
        self._journal.start_paid()
        state = "runs again" if was_running else "is off, as it was"
        raise VsrxError(f"domain {self.name} did not start with its new ports ({why}); its old definition is back and it {state}")


def _outdented(element: str) -> str:
    """An element without the indentation of its place, which its last line has and its first has not."""
    lines = element.splitlines()
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join((lines[0], *(line[indent:] for line in lines[1:]))) + "\n"


def _diff(run: Run) -> dict[str, str]:
    """Only the elements that change, so that a person can read it."""
    where = f"domain {run.name}"
    before = (change.before for change in run.plan.changes)
    after = (change.after for change in run.plan.changes)
    return {
        "before_header": where,
        "after_header": where,
        "before": "".join(_outdented(text) for text in before if text),
        "after": "".join(_outdented(text) for text in after if text),
    }


def _result(run: Run) -> dict[str, t.Any]:
    return {
        "changed": bool(run.plan.steps),
        "actions": run.plan.actions,
        "ports": [row.as_dict() for row in run.plan.rows],
        "findings": [finding.as_dict() for finding in run.plan.findings],
        "restarted": run.restarts,
        "backup": run.backup,
        "diff": _diff(run),
    }


def converge(options: t.Mapping[str, t.Any], reader: HostReader, check_mode: bool) -> dict[str, t.Any]:
    """Observe, plan, and unless in check mode apply; what is returned comes from the plan either way."""
    request = request_of(options)
    consent = Consent(shutdown_timeout=options["shutdown_timeout"], force_off=options["force_off"])
    directory = options["state_dir"]
    with contextlib.ExitStack() as stack:
        if not check_mode:
            stack.enter_context(locked(directory))
        connected = stack.enter_context(Connection(options["uri"]))
        run = Run(connected, reader, request, options["name"], directory)
        if not check_mode:
            run.apply(consent)
        return _result(run)


def work(module: AnsibleModule) -> dict[str, t.Any]:
    return converge(module.params, SysfsHost(), module.check_mode)
