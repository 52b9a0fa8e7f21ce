# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Carries out a plan on one domain: define, power-cycle or change live, verify, and roll back.

The domain is another's as well: its definition and its run are compared once more right before each write. What another changed is
neither overwritten nor switched off.
"""

from __future__ import annotations

import dataclasses
import errno
import typing as t

from .._domain_xml import reading
from .._domain_xml.nic_settings import VFIO
from .._errors import ApplyError, ConflictError, Finding, NoResponseError, VerificationError, VsrxError
from .._host import vf_user
from .._host.attribute_table import format_value
from .._libvirt.connection import LibvirtError
from .._libvirt.domain import GoneError, InvalidSchemaError, Outcome
from .._rules import STATE
from . import power
from .journal import Journal
from .observe import HostReader, Observation
from .plan import Plan
from .power import NicState
from .result import Attach, Detach, SetVfAttributes, ShutDown, Start
from .vf_attributes import AttributePlan, plan_attributes

_START_ATTEMPTS = 3


class ChangedError(ConflictError):
    """Another changed the domain after it was read; nothing was written, so that it can be planned again."""


@dataclasses.dataclass(frozen=True)
class Consent:
    """How far the domain's power may be used."""

    shutdown_timeout: float = 180
    force_off: bool = False


class DomainUpdate:
    """One domain, from what was observed to what is planned."""

    def __init__(self, observation: Observation, plan: Plan, reader: HostReader, journal: Journal) -> None:
        domain, unfinished = observation.domain, observation.unfinished
        self._observation = observation
        self._plan = plan
        self._libvirt = observation.libvirt
        self._reader = reader
        self._journal = journal
        self._nics = observation.observed.host.nics
        self._found = domain.inactive_xml or ""
        #: what a failure brings back: the definition from before an interrupted run, if there was one
        self._former = (unfinished.former if unfinished else None) or self._found
        self._former_live = self._former if unfinished else domain.live_xml
        self._ran = unfinished.ran if unfinished else domain.active
        #: the definition as libvirt has it now, and the run that is ours to stop
        self._written = self._found
        self._run_id = domain.run_id
        self._is_running = domain.active
        self._kept = ""
        self._found_kept = ""
        self._set_steps: list[SetVfAttributes] = []
        self.backup: t.Optional[str] = None
        self.findings: list[Finding] = []

    @property
    def name(self) -> str:
        return self._observation.domain.name

    @property
    def restarts(self) -> bool:
        return any(isinstance(step, ShutDown) for step in self._plan.steps)

    @property
    def starts(self) -> bool:
        return any(isinstance(step, Start) for step in self._plan.steps)

    @property
    def _live_steps(self) -> list[t.Union[Attach, Detach]]:
        return [step for step in self._plan.steps if isinstance(step, (Attach, Detach))]

    # Before the guest notices

    def prepare(self) -> None:
        """Keep what was before, and define what is planned. Raises ChangedError, with nothing written, if another changed the domain."""
        if self._plan.xml is not None:
            self.backup = self._journal.keep(self._found)
        if self._former != self._found:
            # Another may have changed it since the earlier run; a failure brings back what was before that one, and loses nothing.
            self._found_kept = f"; the definition that this run found is kept in {self._journal.keep(self._found)}"
        if self.starts or self._live_steps:
            self._kept = self._journal.begin(self.name, self._former, start=self.starts, ran=self._ran)
        try:
            if self._plan.xml is not None:
                self._record_replaced()
            if self._plan.attributes.during != self._observation.observed.vf_records:
                self._journal.write_vf_records(self._plan.attributes.during)
            self._check_unchanged()
            if self._plan.xml is not None:
                self._define(self._plan.xml)
        except NoResponseError:
            raise
        except VsrxError as failure:
            if not self._observation.has_journal and self._is_defined(self._found, failure):
                left = self._close_journal()
                if left:
                    raise VsrxError(f"{failure.message}{left}") from None
            raise

    def _record_replaced(self) -> None:
        """Both the NICs that are replaced now and those that are to be: which of them count tells the definition."""
        before = self._observation.observed.replaced
        if self._plan.replaced != before:
            known = {each.mac for each in self._plan.replaced}
            self._journal.write_replaced([*self._plan.replaced, *(each for each in before if each.mac not in known)])

    def _check_unchanged(self) -> None:
        """The state is compared once more right before a write, since everything until now took time."""
        standing = self._libvirt.look(with_definition=True)
        if not standing.persistent:
            raise GoneError(f"domain {self.name} was undefined while it was looked at; nothing is done to it")
        if standing.run_id != self._run_id:
            what = "was started" if self._run_id is None else "was switched off" if standing.run_id is None else "was started again"
            raise ChangedError(f"domain {self.name} {what} by another while it was looked at; run again")
        if standing.definition != self._written:
            raise ChangedError(f"the definition of domain {self.name} was changed by another while it was looked at; run again")

    def _is_defined(self, xml: str, failure: VsrxError) -> bool:
        """Is this the definition for certain, or is there nothing that a record would help with?"""
        if isinstance(failure, ConflictError):
            return True
        try:
            return self._libvirt.read_definition() == xml
        except VsrxError:
            return False

    def _define(self, xml: str) -> None:
        self._define_validated(xml)
        definition = self._libvirt.read_definition()
        # An edit between the define and this reading is not ours: then no text counts as written, and none is overwritten.
        is_ours = reading.is_rest_same(xml, definition, f"domain {self.name}")
        self._written = definition if is_ours else xml
        found, wanted = self._read_states(definition), self._read_states(xml)
        if found != wanted:
            if not is_ours:
                raise ConflictError(f"another changed the definition of domain {self.name} while it was defined; run again")
            back = "so the old one is back" if self._put_back(self._found) else "and the old one is not back"
            raise VerificationError(
                f"domain {self.name}: libvirt made something else of the new definition, {back}; "
                f"planned: {power.describe_states(wanted)}; found: {power.describe_states(found)}"
            )

    def _define_validated(self, xml: str) -> None:
        """libvirt keeps definitions that its own schema refuses. Such a one is defined as it came; what was right must stay right."""
        try:
            self._libvirt.define(xml, validate=True)
            return
        except InvalidSchemaError as failure:
            refused = failure
        self._check_unchanged()
        try:
            self._libvirt.define(self._found, validate=True)
        except InvalidSchemaError as before:
            self._check_unchanged()
            self._libvirt.define(xml, validate=False)
            self.findings.append(
                STATE.warning(
                    where=f"domain {self.name}",
                    found=f"its definition does not pass libvirt's schema, and did not before: {before.message}",
                    cure="correct it when you can (virsh edit); the ports were defined without that check",
                )
            )
            return
        raise refused

    def _put_back(self, xml: str) -> bool:
        """Define what was before, unless another changed or undefined it since; False then.

        libvirt's own text needs no validation, and may not pass it.
        """
        standing = self._libvirt.look(with_definition=True)
        if not standing.persistent or standing.definition not in (xml, self._written):
            return False
        if standing.definition != xml:
            self._libvirt.define(xml, validate=False)
        self._written = xml
        return True

    def _read_states(self, xml: str) -> list[NicState]:
        return power.read_states(xml, f"domain {self.name}", self._nics)

    # What the guest notices

    def finish(self, consent: Consent) -> None:
        """Shut down and start as planned, or leave the domain as it was."""
        if self.restarts:
            self._shut_down(consent)
        if not self._live_steps:
            self._set_planned_attributes()
        if self.starts:
            self._start()
        if self._live_steps:
            self._change_live(consent.shutdown_timeout)
        if self._plan.replaced != self._observation.observed.replaced:
            self._journal.write_replaced(self._plan.replaced)
        self.drop_stale_records()
        left = self._close_journal()
        if left:
            raise VsrxError(f"domain {self.name} is as planned{left}")

    def drop_stale_records(self) -> None:
        """Keep of the record what ports have set and still have."""
        if self._journal.read_vf_records() != self._plan.attributes.after:
            self._journal.write_vf_records(self._plan.attributes.after)

    def _close_journal(self) -> str:
        """Close the journal. Returns a suffix for the message if that fails, so that the main outcome is not masked."""
        try:
            self._journal.end()
        except VsrxError as failure:
            return f"; {failure.message}"
        return ""

    def _shut_down(self, consent: Consent) -> None:
        try:
            outcome = self._libvirt.shut_down(self._run_id, consent.shutdown_timeout)
        except (NoResponseError, GoneError):
            raise
        except VsrxError as failure:
            self._give_up_shutdown(f"could not be shut down ({failure.message})")
        if outcome is Outcome.STILL_ON and consent.force_off:
            self._libvirt.destroy(self._run_id)
        elif outcome is Outcome.STILL_ON:
            self._give_up_shutdown(f"did not shut down within {consent.shutdown_timeout:g} s")
        # It is off now, or another has started it since; that run is not ours.
        self._run_id = None

    def _give_up_shutdown(self, why: str) -> t.NoReturn:
        back = self._restore_definition()
        what = f"domain {self.name} {why}, so its ports were left as they were{back}{self._found_kept}"
        if self._libvirt.look().active:
            # The request to shut down cannot be undone. The record stays, so that the next run starts what went down after this one.
            late = "it was asked and may still do so, then run this again, which starts it"
        else:
            self._start_settled()
            late = f"it did after that, and was started again{self._close_journal()}"
        raise ApplyError(f"{what}; {late}; shut it down from inside, or set force_off: true to switch it off at the deadline")

    def _restore_definition(self) -> str:
        """Put the former definition back, unless another has changed it since; returns what to say of that."""
        if self._written == self._former and self._plan.xml is None:
            return ""
        if not self._put_back(self._former):
            return f"; another changed its definition meanwhile, and that one stays; the former one is kept in {self._kept}"
        return ""

    def _start(self) -> None:
        if self._libvirt.look().active:
            self._accept_other_run()
            return
        changed = self._find_change_of_definition()
        if changed and not self._ran:
            left = self._close_journal()
            raise ConflictError(f"domain {self.name} was not started: {changed}; run again{left}")
        try:
            self._start_settled()
        except NoResponseError:
            raise
        except VsrxError as failure:
            if self._libvirt.look().active:
                # Another was faster.
                self._accept_other_run()
                return
            self._roll_back(self._explain(failure))
        self._run_id = self._libvirt.look().run_id
        if changed:
            left = self._close_journal()
            raise ConflictError(f"domain {self.name} runs again, but {changed}; run again{left}")
        try:
            self._verify()
        except NoResponseError:
            raise
        except VsrxError as failure:
            self._roll_back(self._explain(failure))

    def _find_change_of_definition(self) -> str:
        """NICs that another has changed since they were defined; nothing else concerns a start."""
        standing = self._libvirt.look()
        if not standing.persistent:
            raise GoneError(f"domain {self.name} was undefined while it was changed; its definition is kept in {self._kept}")
        definition = self._libvirt.read_definition()
        if definition == self._written or self._read_states(definition) == self._read_states(self._written):
            return ""
        return "another changed its NICs after they were defined"

    def _explain(self, failure: VsrxError) -> str:
        gone = [row.vf for row in self._plan.rows if row.vf and not self._reader.has_function(row.vf)]
        return "; ".join((failure.message, *(f"VF {function} has gone from the host" for function in gone)))

    def _accept_other_run(self) -> None:
        """Another started the domain: with what is defined, which is as planned or not; it is never switched off."""
        try:
            self._verify()
        except NoResponseError:
            raise
        except VsrxError as failure:
            left = self._close_journal()
            raise ConflictError(
                f"domain {self.name} was started by another meanwhile, and was left running: {failure.message}; "
                f"look at it, then run again{left}"
            ) from None

    def _start_settled(self) -> None:
        """Start once udev has named the devices: a start before it has renamed a VF's netdev fails with ENODEV."""
        vfs = self._observation.observed.host.vfs
        functions = [nic.function for nic in self._read_states(self._libvirt.read_definition()) if nic.function in vfs]
        for attempt in range(1, _START_ATTEMPTS + 1):
            self._reader.settle(functions)
            try:
                self._libvirt.start()
                return
            except LibvirtError as failure:
                if attempt == _START_ATTEMPTS or failure.errno != errno.ENODEV:
                    raise

    def _verify(self) -> None:
        """The running domain has what was planned, and the host has given the VFs away."""
        found = self._read_states(self._libvirt.read_live_xml())
        wanted = self._read_states(self._libvirt.read_definition())
        if not power.allow(wanted, found):
            raise VerificationError(
                f"domain {self.name} runs with other NICs than planned; planned: {power.describe_states(wanted)}; "
                f"found: {power.describe_states(found)}"
            )
        vfs = self._observation.observed.host.vfs
        for each in wanted:
            if each.function is None or each.settings["driver"] != VFIO or each.function not in vfs:
                continue
            driver = self._reader.find_driver(each.function)
            if not vf_user.is_vfio(driver):
                raise VerificationError(
                    f"domain {self.name} runs, but VF {each.function} is bound to {driver or 'no driver'}; expected vfio-pci"
                )
            if self._reader.find_process(each.function) is None:
                raise VerificationError(f"domain {self.name} runs, but no process has VF {each.function} open")

    def _roll_back(self, why: str) -> t.NoReturn:
        """Switch off what this run started, put the former definition back, and start it if it ran before."""
        failed = f"domain {self.name} did not start with its new ports ({why})"
        try:
            self._libvirt.destroy(self._run_id)
            if not self._put_back(self._former):
                changed = "another changed or undefined it meanwhile, so its definition was left as it is"
                raise ConflictError(f"{failed}; {changed}; the former one is kept in {self._kept}")
            stuck = self._undo_attributes()
            if self._ran and not self._libvirt.look().active:
                self._start_settled()
        except ConflictError:
            raise
        except VsrxError as second:
            raise ApplyError(
                f"{failed}, and its old definition did not come back either ({second.message}); the old definition is kept in {self._kept}"
            ) from None
        state = "runs again" if self._ran else "is off, as it was"
        raise ApplyError(f"{failed}; its old definition is back and it {state}{stuck}{self._found_kept}{self._close_journal()}")

    # What the PFs enforce

    def _set_planned_attributes(self) -> None:
        """Set what the PFs are to enforce, while no guest uses the VFs; what fails is put back with all else."""
        try:
            for step in self._plan.attributes.steps:
                self._set_attributes(step)
        except NoResponseError:
            raise
        except VsrxError as failure:
            if self.starts:
                self._roll_back(failure.message)
            back = self._restore_definition() or "; its definition is what it was"
            raise ApplyError(f"domain {self.name} was not changed: {failure.message}{back}{self._undo_attributes()}") from None

    def _set_attributes(self, step: SetVfAttributes) -> None:
        self._set_steps.append(step)
        try:
            self._reader.set_attributes(step.pf, step.index, step.wanted)
        except VsrxError as failure:
            shown = ", ".join(f"{name} {format_value(value)}" for name, value in step.wanted.items())
            raise ApplyError(f"VF {step.index} of {step.pf} cannot have {shown}: {failure.message}") from None
        found = self._reader.read_attributes(step.pf, step.index)
        differing = [
            f"{name} is {format_value(found[name])}, not {format_value(value)}"
            for name, value in step.wanted.items()
            if found.get(name, value) != value
        ]
        if differing:
            raise VerificationError(f"VF {step.index} of {step.pf} has not taken what was set: {', '.join(differing)}")

    def _undo_attributes(self) -> str:
        """Put back what this run has set; returns what to say of that."""
        failures = []
        for step in reversed(self._set_steps):
            try:
                found = self._reader.read_attributes(step.pf, step.index)
                changed = {name: value for name, value in step.former.items() if found.get(name) != value}
                if changed:
                    self._reader.set_attributes(step.pf, step.index, changed)
            except VsrxError as failure:
                failures.append(f"; VF {step.index} of {step.pf} could not be put back: {failure.message}")
        earlier = self._plan_earlier_attributes()
        for step in earlier.steps:
            try:
                self._reader.set_attributes(step.pf, step.index, step.wanted)
            except VsrxError as failure:
                failures.append(f"; VF {step.index} of {step.pf} could not be put back: {failure.message}")
        if not failures and self._journal.read_vf_records() != earlier.after:
            self._journal.write_vf_records(earlier.after)
        self._set_steps.clear()
        return "".join(failures)

    def _plan_earlier_attributes(self) -> AttributePlan:
        """What an interrupted run has set on VFs that the former definition has not goes back too; other records stay as they were."""
        observed = self._observation.observed
        if self._observation.unfinished is None:
            return AttributePlan(after=observed.vf_records)
        present = reading.list_functions(reading.read(self._former, f"domain {self.name}"))
        return plan_attributes({}, present, observed.vf_records, observed.host)

    # Live

    def _change_live(self, seconds: float) -> None:
        """Detach and attach, and look whether it happened: libvirt says 'detached' when the guest was merely asked."""
        try:
            self._apply_live([step for step in self._plan.steps if isinstance(step, (Attach, Detach, SetVfAttributes))], seconds)
            self._verify()
        except NoResponseError:
            raise
        except VsrxError as failure:
            self._undo_live(seconds, failure.message)

    def _check_same_run(self) -> None:
        if self._libvirt.look().run_id != self._run_id:
            raise ChangedError(f"domain {self.name} was switched off or started again by another meanwhile")

    def _apply_live(self, steps: t.Iterable[t.Union[Attach, Detach, SetVfAttributes]], seconds: float) -> None:
        for step in steps:
            self._check_same_run()
            if isinstance(step, Detach):
                self._detach(step, seconds)
            elif isinstance(step, SetVfAttributes):
                self._set_attributes(step)
            else:
                self._reader.settle([step.vf])
                self._check_same_run()
                self._libvirt.attach(step.xml)

    def _detach(self, step: Detach, seconds: float) -> None:
        self._libvirt.detach(step.xml)
        if not self._libvirt.wait_until_gone(lambda xml: step.vf not in {each.function for each in self._read_states(xml)}, seconds):
            raise ApplyError(f"domain {self.name}: the guest has not let go of VF {step.vf} within {seconds:g} s, and may still do so")

    def _undo_live(self, seconds: float, why: str) -> t.NoReturn:
        back = "its definition is what it was"
        try:
            changed = self._restore_definition()
            back = changed.lstrip("; ") or back
            back += self._undo_attributes()
            self._check_same_run()
            now, former = self._libvirt.read_live_xml(), t.cast(str, self._former_live)
            if self._read_states(now) != self._read_states(former):
                running = dataclasses.replace(self._observation.domain, live_xml=now)
                self._apply_live(power.plan_live(running, former, self._nics)[0], seconds)
            back += self._close_journal()
        except VsrxError as second:
            back += f", but what it runs with could not be put back: {second.message}"
        raise ApplyError(f"domain {self.name} was not changed live: {why}; {back}{self._found_kept}")
