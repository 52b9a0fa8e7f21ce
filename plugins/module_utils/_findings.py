# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from ._errors import VsrxError

ERROR = "error"
WARNING = "warning"
#: the ids of all rules
RULES = tuple(f"S{number}" for number in range(1, 23))


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that a rule has to say, the same type on the host and in Junos.

    ``id`` is the rule, as in S7. ``where`` is the object or the place in a configuration.
    """

    id: str
    severity: str
    found: str
    where: str
    cure: str

    def as_dict(self) -> dict[str, str]:
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        return f"[{self.id}] {self.where}: {self.found}. {self.cure}"


def error(rule: str, where: str, found: str, cure: str) -> Finding:
    return Finding(id=rule, severity=ERROR, found=found, where=where, cure=cure)


def warning(rule: str, where: str, found: str, cure: str) -> Finding:
    return Finding(id=rule, severity=WARNING, found=found, where=where, cure=cure)


def errors_of(findings: t.Iterable[Finding], accepted: t.Collection[str] = ()) -> list[Finding]:
    """The findings that stop a change: errors whose rule the operator has not accepted."""
    return [finding for finding in findings if finding.severity == ERROR and finding.id not in accepted]


def in_order(findings: t.Iterable[Finding]) -> list[Finding]:
    """Errors first, then by rule number, then by place, each finding once."""
    return sorted(set(findings), key=lambda f: (f.severity != ERROR, int(f.id.lstrip("S")), f.where, f.found))


def refuse(subject: str, findings: t.Iterable[Finding], accepted: t.Collection[str] = ()) -> None:
    """Raise when any of the findings stops a change; the exception carries all of them."""
    every = in_order(findings)
    stopping = errors_of(every, accepted)
    if stopping:
        lines = "\n".join(str(finding) for finding in stopping)
        raise VsrxError(f"{subject} was not changed:\n{lines}", findings=every)
