# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Findings, and every error that the collection raises, with when it comes.

A finding is what one rule says about one object. An error ends a module: ``_module.run_module`` turns it into ``fail_json``.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Severity(str, enum.Enum):
    """How much a finding matters: an error stops the change unless its rule is accepted, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that a rule says about one object, the same type on the host and in Junos.

    ``id`` is a key of ``_rules.RULES``, such as S7. ``where`` is the object or the place in a configuration, ``found`` what is there,
    ``cure`` what the reader can do; it names the module's option and the role's variable where there is one.
    """

    id: str
    severity: Severity
    where: str
    found: str
    cure: str

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    def as_dict(self) -> dict[str, str]:
        """The finding as modules return it."""
        return {
            "id": self.id,
            "severity": Severity(self.severity).value,
            "found": self.found,
            "where": self.where,
            "cure": self.cure,
        }

    def __str__(self) -> str:
        return f"[{self.id}] {self.where}: {self.found}. {self.cure}"


class VsrxError(Exception):
    """A failure that the user reads: one message, the findings behind it, and facts worth returning.

    ``message`` names the object, what was found, what was expected and what to do.
    ``facts`` are returned beside ``msg`` by the module.
    """

    def __init__(self, message: str, *, findings: t.Iterable[Finding] = (), **facts: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.findings = tuple(findings)
        self.facts = facts


class RequestError(VsrxError):
    """The options of the call are wrong or contradict each other. Comes before anything is read."""


class RefusedError(VsrxError):
    """What is there stands against the change: a rule, a user of a VF, a missing prerequisite. Comes before the first write."""


class ConflictError(VsrxError):
    """Another process or person works on the same object: a lock, an uncommitted edit, a definition that changed meanwhile."""


class ApplyError(VsrxError):
    """The kernel, libvirt or Junos did not carry out a step."""


class VerificationError(VsrxError):
    """A step was carried out, and reading back does not show what was planned."""


class NoResponseError(VsrxError):
    """A host, libvirt or a node did not answer within its time limit, or the connection ended."""


class UnreadableError(VsrxError):
    """An answer was understood only in part or not at all; it is never taken for a good one."""


def blocking(findings: t.Iterable[Finding], accepted: t.Collection[str] = ()) -> list[Finding]:
    """Return the findings that stop a change: errors whose rule the operator has not accepted."""
    return [finding for finding in findings if finding.is_error and finding.id not in accepted]


def _rank(finding: Finding) -> tuple[bool, int, str, str, str]:
    number = finding.id[1:]
    return not finding.is_error, int(number) if number.isdecimal() else 0, finding.id, finding.where, finding.found


def sort_findings(findings: t.Iterable[Finding]) -> list[Finding]:
    """Sort findings: errors first, then by rule number, then by place. Each finding comes once."""
    return sorted(set(findings), key=_rank)


def raise_if_blocking(subject: str, findings: t.Iterable[Finding], accepted: t.Collection[str] = (), **facts: t.Any) -> None:
    """Raise ``RefusedError`` with every reason if any finding stops the change of ``subject``; the exception carries all findings."""
    every = sort_findings(findings)
    stopping = blocking(every, accepted)
    if stopping:
        lines = "\n".join(str(finding) for finding in stopping)
        raise RefusedError(f"{subject} was not changed:\n{lines}", findings=every, **facts)
