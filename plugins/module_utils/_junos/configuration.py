# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _xml.py parses

from .netconf import Session
from .reply import RefusedError, Reply, expect

# What the rules look at; anything else of the configuration stays on the box.
_READ = (
    "<system><host-name/></system><chassis/><interfaces/><security><nat><proxy-arp/></nat><forwarding-options/></security>"
    "<protocols/><routing-instances/><vlans/><bridge-domains/><firewall/>"
)
# Ports are shared with these. Not every release knows them.
_SYSTEMS = "<logical-systems/><tenants/>"
_UNKNOWN = re.compile(r"logical-systems|tenants|syntax error|unknown|bad.element", re.IGNORECASE)
_LITERAL = "<groups/><apply-groups/><chassis/>"


def _log(comment: str) -> str:
    return f"<log>{html.escape(comment, quote=False)}</log>"


class Database:
    """The configuration database: committed, candidate and history."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def effective(self) -> ET.Element:
        """The committed configuration as it is in force on the node that answers: inheritance resolved, its groups marked."""
        what = "reading the configuration in force"
        attributes = 'database="committed" inherit="inherit" groups="groups"'

        def ask(wanted: str) -> ET.Element:
            request = f"<get-configuration {attributes}><configuration>{wanted}</configuration></get-configuration>"
            return expect(self._session.ask(request, what), "configuration", what)

        try:
            return ask(_READ + _SYSTEMS)
        except RefusedError as refusal:
            if not any(_UNKNOWN.search(words) for words in refusal.facts["junos_errors"]):
                raise
            return ask(_READ)

    def literal(self) -> ET.Element:
        """The committed configuration as it is written: groups, and what stands in [edit chassis]."""
        what = "reading the configuration as written"
        request = f'<get-configuration database="committed"><configuration>{_LITERAL}</configuration></get-configuration>'
        return expect(self._session.ask(request, what), "configuration", what)

    def commits(self) -> ET.Element:
        what = "reading the commit history"
        return expect(self._session.ask("<get-commit-information/>", what), "commit-information", what)

    def since(self, rollback: int) -> str:
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
        reply = self._session.ask(request, what)
        output = reply.root.find(".//configuration-output")
        return "" if output is None else (output.text or "").strip("\n")
