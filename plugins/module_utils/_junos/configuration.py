# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration database of a node: committed, candidate and history."""

from __future__ import annotations

import dataclasses
import html
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; xml.py parses

from .config_filter import AS_WRITTEN, EVERYTHING, NEEDED, NODE, SECTIONS, SYSTEMS, system_filter
from .netconf import Session
from .reply import JunosRefusedError, Reply

HISTORY = "<get-commit-information/>"


def _log(comment: str) -> str:
    return f"<log>{html.escape(comment, quote=False)}</log>"


_INHERITED = 'database="committed" inherit="inherit" groups="groups"'


@dataclasses.dataclass(frozen=True)
class Inherited:
    """The configuration in force on the node that answers."""

    root: ET.Element
    #: the parts that Junos did not show, with its reason
    refused: dict[str, str] = dataclasses.field(default_factory=dict)


class Database:
    """The configuration database: committed, candidate and history."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def inherited(self) -> Inherited:
        """The committed configuration as it is in force on the node that answers: inheritance resolved, its groups marked.

        A release that does not know a part, or a login that may not see it, refuses the whole request; then it is asked for by parts.
        """
        try:
            return Inherited(self._inherited(EVERYTHING))
        except JunosRefusedError:
            return self._inherited_by_parts()

    def _inherited_by_parts(self) -> Inherited:
        whole = self._inherited(NODE)
        refused: dict[str, str] = {}
        for system in ("", *SYSTEMS):
            try:
                whole.extend(self._inherited(system_filter(system)))
            except JunosRefusedError:
                self._add_sections(system, whole, refused)
        return Inherited(whole, refused)

    def _add_sections(self, system: str, whole: ET.Element, refused: dict[str, str]) -> None:
        if system:
            try:
                self._inherited(f"<{system}><name/></{system}>")
            except JunosRefusedError as refusal:
                if not refusal.unknown:
                    refused[system] = refusal.message
                return
        for section in SECTIONS:
            try:
                whole.extend(self._inherited(system_filter(system, (section,))))
            except JunosRefusedError as refusal:
                if not system and section == NEEDED:
                    raise
                if not refusal.unknown:
                    refused[f"{system} {section}".strip()] = refusal.message

    def _inherited(self, wanted: str) -> ET.Element:
        what = "reading the configuration in force"
        request = f"<get-configuration {_INHERITED}><configuration>{wanted}</configuration></get-configuration>"
        return self._session.ask(request, what, "configuration").data("configuration")

    def as_written(self) -> ET.Element:
        """The committed configuration as it is written: what groups hold of [edit chassis cluster], and what applies them."""
        what = "reading the configuration as written"
        request = f'<get-configuration database="committed"><configuration>{AS_WRITTEN}</configuration></get-configuration>'
        return self._session.ask(request, what, "configuration").data("configuration")

    def commits(self) -> ET.Element:
        what = "reading the commit history"
        return self._session.ask(HISTORY, what, "commit-information").data("commit-information")

    def compare_rollback(self, rollback: int) -> str:
        """Junos' own comparison of the committed configuration with an earlier one."""
        return self._compare(rollback, ' database="committed"', f"comparing with rollback {rollback}")

    def candidate_diff(self) -> str:
        return self._compare(0, "", "comparing the candidate with the committed configuration")

    def lock(self) -> None:
        self._session.ask("<lock-configuration/>", "locking the configuration")

    def unlock(self) -> None:
        self._session.ask("<unlock-configuration/>", "unlocking the configuration")

    def load(self, configuration: str) -> Reply:
        request = f'<load-configuration action="merge" format="xml">{configuration}</load-configuration>'
        return self._session.ask(request, "loading the change into the candidate")

    def discard(self) -> None:
        self._session.ask('<load-configuration rollback="0"/>', "discarding the candidate")

    def check(self) -> Reply:
        return self._session.ask("<commit-configuration><check/></commit-configuration>", "commit check")

    def commit_confirmed(self, minutes: int, log: str) -> Reply:
        request = f"<confirmed/><confirm-timeout>{minutes}</confirm-timeout>{_log(log)}"
        return self._session.ask(f"<commit-configuration>{request}</commit-configuration>", "commit confirmed")

    def confirm(self, log: str) -> Reply:
        return self._session.ask(f"<commit-configuration>{_log(log)}</commit-configuration>", "confirming the commit")

    def _compare(self, rollback: int, database: str, what: str) -> str:
        request = f'<get-configuration{database} compare="rollback" rollback="{rollback}" format="text"/>'
        output = self._session.ask(request, what, "configuration-output").data("configuration-output")
        return (output.text or "").strip("\n")
