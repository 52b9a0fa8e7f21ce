# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server says first: comments, then its capabilities."""

from __future__ import annotations

from lxml import etree

from .replies import NC
from .tree import named

CAPABILITIES = (
    "urn:ietf:params:netconf:base:1.0",
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
    "urn:ietf:params:xml:ns:netconf:base:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:candidate:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:validate:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:url:1.0?scheme=http,ftp,file",
    "http://xml.juniper.net/netconf/junos/1.0",
    "http://xml.juniper.net/dmi/system/1.0",
)


def hello(session: int, user: str, rfc: bool) -> bytes:
    names: dict[str | None, str] = {"nc" if rfc else None: NC}
    root = named(f"{{{NC}}}hello", {}, names)
    capabilities = etree.SubElement(root, f"{{{NC}}}capabilities")
    for uri in CAPABILITIES:
        etree.SubElement(capabilities, f"{{{NC}}}capability").text = uri
    etree.SubElement(root, f"{{{NC}}}session-id").text = str(session)
    # Junos greets with comments, which some clients stumble over.
    comments = f"<!-- this is a test peer, not a vSRX -->\n<!-- user {user}, class j-super-user -->\n".encode()
    return comments + etree.tostring(root, pretty_print=True)
