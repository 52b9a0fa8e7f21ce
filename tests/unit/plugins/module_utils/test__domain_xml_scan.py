# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import tracemalloc

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import scan
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from domain_shapes import SHAPES, xml_of
from lxml import etree

LAUGHS = (
    "<!DOCTYPE domain [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>".replace("&a0;", "&a;") for n in range(1, 12))
    + "]><domain><name>&a11;</name></domain>"
)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_element_knows_its_bytes(shape: str) -> None:
    root = scan.parse(xml_of(shape), shape, "domain")
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
    (found,) = scan.parse(text, "test", "a").all(tag)
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
        scan.parse(xml, "the XML", "domain")


def test_a_huge_document_is_refused_before_it_is_read() -> None:
    xml = "<domain>" + " " * 50_000_000 + "</domain>"
    tracemalloc.start()
    with pytest.raises(VsrxError, match="expected at most"):
        scan.parse(xml, "the XML", "domain")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_billion_laughs_cost_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(VsrxError):
        scan.parse(LAUGHS, "the XML", "domain")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
