# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _xml.py parses

from .netconf import Session
from .reply import RefusedError


class Chassis:
    """What the cluster says of itself."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def software(self) -> ET.Element:
        return self._session.ask("<get-software-information/>", "reading the software release").root

    def uptime(self) -> ET.Element:
        return self._session.ask("<get-system-uptime-information/>", "reading the boot times").root

    def status(self) -> ET.Element:
        """The cluster's status; an empty element where the box says that it is no cluster."""
        try:
            return self._session.ask("<get-chassis-cluster-status/>", "reading the cluster's status").root
        except RefusedError as refusal:
            if any(
                "not enabled" in words or "not supported" in words or "chassis cluster" in words.lower()
                for words in refusal.facts["junos_errors"]
            ):
                return ET.Element("stand-alone")
            raise

    def interfaces(self) -> ET.Element:
        """All physical interfaces with their state and both their MAC addresses."""
        return self._session.ask("<get-interface-information><media/></get-interface-information>", "reading the interfaces").root
