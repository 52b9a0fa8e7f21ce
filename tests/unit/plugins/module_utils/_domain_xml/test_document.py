# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits of a domain's XML that leave every other byte as it is, and XML that is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import document
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from lxml import etree
from support.domain_shapes import SHAPES, xml_of

LAUGHS = (
    "<!DOCTYPE domain [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>".replace("&a0;", "&a;") for n in range(1, 12))
    + "]><domain><name>&a11;</name></domain>"
)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_element_knows_its_bytes(shape: str) -> None:
    root = document.parse(xml_of(shape), shape, "domain")
    waiting = [root]
    while waiting:
        element = waiting.pop()
        again = etree.fromstring(
            b"<x xmlns:app='a' xmlns:qemu='q' xmlns:libosinfo='l'>" + element.source + b"</x>", etree.XMLParser(resolve_entities=False)
        )
        (only,) = again
        assert only.prefix is None or element.tag.startswith(f"{only.prefix}:")
        assert etree.QName(only).localname == element.tag.rpartition(":")[2]
        assert len([child for child in only if isinstance(child.tag, str)]) == len(element.children)
        assert element.document[slice(*element.inner)] in element.source
        waiting += element.children


@pytest.mark.parametrize(
    ("text", "tag", "source", "empty"),
    [
        ("<a><b/></a>", "b", b"<b/>", True),
        ("<a><b></b></a>", "b", b"<b></b>", False),
        ("<a><b><b/></b></a>", "b", b"<b><b/></b>", False),
        ("<a><b x='/>' y=\">\" /></a>", "b", b"<b x='/>' y=\">\" />", True),
        ("<a><b\n x = '1'\n>t</b\n></a>", "b", b"<b\n x = '1'\n>t</b\n>", False),
        ("<a>\u00e9<b/>\u00fc</a>", "b", b"<b/>", True),
    ],
)
def test_spans_are_exact(text: str, tag: str, source: bytes, empty: bool) -> None:
    (found,) = document.parse(text, "test", "a").all(tag)
    assert (found.source, found.empty) == (source, empty)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>", "document type"),
        ("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/x.dtd'><domain/>", "document type"),
        (LAUGHS, "document type"),
        ("<domain>&unknown;</domain>", "not well-formed"),
        ("<domain><devices></domain>", "not well-formed"),
        ("", "not well-formed"),
        ("   ", "not well-formed"),
        ("<network><name>n</name></network>", "expected <domain>"),
        ("<domain>" + "<x>" * 300 + "</x>" * 300 + "</domain>", "nested deeper"),
        ("<domain>\ud800</domain>", "characters"),
    ],
)
def test_hostile_xml_is_refused(xml: str, message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        document.parse(xml, "the XML", "domain")


HUGE = "<domain>" + " " * 50_000_000 + "</domain>"
LINES = "<domain><name>" + "a\n" * (document.MAX_CHARACTERS // 2 - 100) + "</name></domain>"
# A child on its own: its peak of memory is only ever raised by what it parses, its processor time ends, and what it opens is output.
CHILD = """
import json, resource, sys
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import document
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError

xml = sys.stdin.read()
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
touched = []
watching = True
outside = ("open", "socket", "subprocess", "os.")
sys.addaudithook(lambda event, _args: touched.append(event) if watching and event.startswith(outside) else None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    document.parse(xml, "the XML", "domain")
    output = None
except VsrxError as error:
    output = str(error)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
watching = False
print(json.dumps({"output": output, "touched": touched, "grown_kib": after - before}))
"""


@pytest.mark.parametrize(
    ("xml", "output", "most_kib"),
    [
        ("<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>", "document type", 512),
        ("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/x.dtd'><domain/>", "document type", 512),
        ("<!DOCTYPE domain [<!ENTITY % x SYSTEM 'http://192.0.2.1/x'>%x;]><domain/>", "document type", 512),
        (LAUGHS, "document type", 512),
        (HUGE, "expected at most", 512),
        (LINES, None, 32 * 1024),
    ],
    ids=["file", "dtd", "parameter entity", "laughs", "huge", "many lines"],
)
def test_hostile_xml_costs_no_file_no_network_and_no_memory(xml: str, output: str | None, most_kib: int) -> None:
    child = subprocess.run([sys.executable, "-c", CHILD], input=xml, capture_output=True, text=True, check=True, env=_importing())
    seen = json.loads(child.stdout)
    assert seen["touched"] == []
    assert seen["grown_kib"] <= most_kib
    assert output in seen["output"] if output else seen["output"] is None


def _importing() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


KINDS = (
    *("bridge", "client", "direct", "ethernet", "hostdev", "internal", "mcast", "network"),
    *("null", "server", "udp", "user", "vdpa", "vhostuser"),
)
FORMS = (
    *(f"<interface type='{kind}'" for kind in KINDS),
    *("pc-i440fx-", "pc-q35-", "multifunction='on'", "<!--", "<metadata>", "xmlns:", "slot='10'", 'slot="0x01"', "ua-wan"),
    *("<boot order", "<teaming type='transient'", "<rom bar", "queues=", "managed='no'", "trunk='yes'", "type='mdev'"),
)


@pytest.mark.mission("S20")
def test_the_corpus_has_the_shapes_that_people_have() -> None:
    texts = [xml_of(shape) for shape in SHAPES]
    assert len(texts) >= 40
    for form in FORMS:
        assert any(form in text for text in texts), form
