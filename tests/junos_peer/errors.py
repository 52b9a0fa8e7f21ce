# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Junos refuses with: <rpc-error>, several at once, warnings beside an <ok/>, and <xnm:error>."""

from __future__ import annotations

import dataclasses

from lxml import etree

from .tree import Tree, named

XNM = "http://xml.juniper.net/xnm/1.1/xnm"


@dataclasses.dataclass(frozen=True)
class Complaint:
    """One <rpc-error>."""

    message: str
    severity: str = "error"
    tag: str = "operation-failed"
    type: str = "protocol"
    path: str = ""
    element: str = ""
    session: int | None = None

    def xml(self) -> Tree:
        error = etree.Element("rpc-error")
        for name, value in (("error-type", self.type), ("error-tag", self.tag), ("error-severity", self.severity)):
            etree.SubElement(error, name).text = value
        if self.path:
            etree.SubElement(error, "error-path").text = self.path
        etree.SubElement(error, "error-message").text = self.message
        if self.element or self.session is not None:
            info = etree.SubElement(error, "error-info")
            if self.element:
                etree.SubElement(info, "bad-element").text = self.element
            if self.session is not None:
                etree.SubElement(info, "session-id").text = str(self.session)
        return error


def warning(message: str, path: str = "") -> Complaint:
    return Complaint(message, severity="warning", path=path)


class RefusedError(Exception):
    """A request that Junos refuses, with all it has to say."""

    def __init__(self, *complaints: Complaint | str, wrapper: str = "") -> None:
        self.complaints = tuple(Complaint(item) if isinstance(item, str) else item for item in complaints)
        self.wrapper = wrapper
        super().__init__("; ".join(item.message for item in self.complaints))


class DaemonError(RefusedError):
    """A refusal by a daemon, which comes as <xnm:error> inside an ordinary reply, or as its output."""

    def __init__(self, message: str, daemon: str = "jsrpd") -> None:
        self.daemon = daemon
        super().__init__(message)

    def xml(self) -> Tree:
        return xnm_error(self.complaints[0].message, self.daemon)


def xnm_error(message: str, daemon: str) -> Tree:
    """A failure of a daemon, told inside an ordinary reply."""
    error = named(f"{{{XNM}}}error", {}, {None: XNM, "xnm": XNM})
    etree.SubElement(error, f"{{{XNM}}}parse")
    etree.SubElement(error, f"{{{XNM}}}source-daemon").text = daemon
    etree.SubElement(error, f"{{{XNM}}}message").text = message
    return error
