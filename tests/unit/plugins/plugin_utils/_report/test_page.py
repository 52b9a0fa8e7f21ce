# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: every value escaped, no script, landmarks and links that lead somewhere, states told by words, colours with contrast."""

from __future__ import annotations

import copy
import dataclasses
import html.parser
import pathlib
import re
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._rules import RULES
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report import style
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.decode import encode
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import read_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.model import Document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.page import POLICY, write_page
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.page_sections import RULES_PAGE
from support.report_sites import make_documents

DOCUMENTS = {**make_documents(), "empty": Document()}
PAGES = {name: write_page(document) for name, document in DOCUMENTS.items()}
TOP = pathlib.Path(__file__).parents[5]
VOID = {"meta", "br"}
MARKUP = "<script>alert(1)</script>'\"&"


class Page(html.parser.HTMLParser):
    """What a browser finds: a tag that is not closed is noted."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, t.Optional[str]]]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} is closed where another is open"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_whole_and_alone(name: str) -> None:
    page = Page(PAGES[name])
    assert not {tag for tag, _attributes in page.tags} & {"b", "script", "link", "img", "iframe", "object", "form"}
    assert not [key for _tag, attributes in page.tags for key in attributes if key.startswith("on") or key in ("src", "style")]
    assert "url(" not in PAGES[name] and "@import" not in PAGES[name]
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in PAGES[name].replace("&#x27;", "'")
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_places_on_the_page_or_to_a_rule_and_ids_are_there_once(name: str) -> None:
    page = Page(PAGES[name])
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    outside = {each for each in links if not each.startswith("#")}
    assert len(ids) == len(set(ids)) and links - outside <= {f"#{each}" for each in ids}
    assert outside == {f"{RULES_PAGE}#{each[5:].lower()}" for each in ids if re.fullmatch(r"rule-S\d+", each)}
    assert not re.search(r"[^a-zA-Z0-9-]", "".join(filter(None, ids)))


def test_each_rule_has_its_place_in_the_documentation() -> None:
    (repository,) = re.findall(r"(?m)^repository: (\S+)$", (TOP / "galaxy.yml").read_text())
    ours, _blob, path = RULES_PAGE.partition("/blob/main/")
    anchors = re.findall(r"(?m)^_`(S\d+)`", (TOP / path).read_text())
    assert ours == repository and anchors == list(RULES)


@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_heard(name: str) -> None:
    page = Page(PAGES[name])
    tags = [tag for tag, _attributes in page.tags]
    assert [tags.count(tag) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1] and "nav" in tags
    assert tags.count("caption") == tags.count("table")
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    assert all(attributes.get("aria-label") or attributes.get("aria-hidden") for tag, attributes in page.tags if tag == "svg")


def _paths(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """Every value of a document, of any type."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from _paths(each, (*path, key))


#: one place for each field of each kind of object
FIELDS = {tuple("" if isinstance(key, int) else key for key in path): path for path in _paths(encode(DOCUMENTS["bad"]))}
#: fields of which the page shows the text; the rest is a number, a flag or a choice, which no markup can be
SHOWN = 40


def _planted(path: tuple[t.Any, ...], markup: str) -> str:
    document = encode(DOCUMENTS["bad"])
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = markup
    return write_page(read_document(document))


def test_markup_in_any_field_of_any_type_is_shown_as_text_or_not_at_all() -> None:
    shown = 0
    for path in FIELDS.values():
        page = _planted(path, MARKUP)
        assert "<script" not in page.lower(), path
        shown += MARKUP in Page(page).words
    assert shown >= SHOWN, shown


def test_markup_that_passed_the_check_is_escaped_all_the_same() -> None:
    """The views do not rely on the border: a record with markup in every field, past all checks."""

    def plant(value: t.Any) -> t.Any:
        if dataclasses.is_dataclass(value):
            fields = {field.name: plant(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return dataclasses.replace(t.cast("t.Any", value), **fields)
        if isinstance(value, tuple):
            return tuple(plant(each) for each in value)
        if isinstance(value, dict):
            return {key: plant(each) for key, each in value.items()}
        return value + MARKUP if isinstance(value, str) and value not in CHOICES else value

    page = write_page(plant(copy.deepcopy(DOCUMENTS["bad"])))
    assert "<script" not in page and Page(page).words.count(MARKUP) > 200


CHOICES = {"healthy", "pending", "at_risk", "unknown", "stops", "open", "warning", "cured", "accepted", "error", "no", "failover", "outage"}
CHOICES |= {"better", "worse", "other", "node0", "node1"}


@pytest.mark.mission("S8", "S13")
def test_the_worst_states_are_reported_by_words() -> None:
    words = Page(PAGES["bad"]).words
    for said in (
        "Traffic at risk",
        "Restart pending",
        "Not known",
        "reth0 is down",
        "not that of ge-0/0/0: 02:5a:00:00:00:01",
        "Partial report",
        "by alice",
        "vsrx.sriov 1.1.0",
        "limit kvm1,vsrx1",
        "site would stop: 7 errors",
        "Error, stops site",
        "Error, cured by site",
        "set on node0 only",
        "kvm1: eno2\nkvm1: eno3",
        "Step",
    ):
        assert said in words, said
    page = PAGES["bad"]
    assert page.index('id="summary"') < page.index('id="findings"') < page.index('id="cluster-vsrx1"') < page.index('id="hosts"')


def test_each_mark_is_of_its_own_severity() -> None:
    drawing = PAGES["bad"].partition('class="drawing"')[2].partition("</svg></div>")[0]
    marks = set(re.findall(r'<g class="mark (\w+)"><title>[^<]*</title><(\w+)', drawing))
    assert marks == {("error", "polygon"), ("warning", "rect"), ("accepted", "rect")}
    for kind, words in (("warning", "W S17"), ("accepted", "A S10")):
        assert re.search(rf'class="mark {kind}"(?:(?!</g>).)*{words}', drawing)
    assert drawing.count('class="cross"') == 1 and "member broken" in drawing and "MAC differs from ge-0/0/1" in drawing


def test_what_is_off_is_said_and_what_is_unknown_is_not() -> None:
    row = PAGES["1"].rpartition('id="hosts"')[2]
    assert 'data-label="trust"><span>off</span>' in row and "vsrx1-node0 ge-0/0/0" in row
    unknown = write_page(read_document({"hosts": [{"name": "kvm1", "pfs": [{"pf": "eno2", "vfs": [{"vf": 0}]}]}]}))
    assert '<td data-label="trust" class="empty"><span></span></td>' in unknown


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["LIGHT", "DARK", "PRINT"])
def test_contrast(scheme: str) -> None:
    palette = getattr(style, scheme)
    for ground in ("bg", "card"):
        wanted = {**dict.fromkeys(style.LINES, 3.0), **dict.fromkeys(style.TEXTS, 4.5)}
        weak = {name: least for name, least in wanted.items() if _contrast(palette[name], palette[ground]) < least}
        assert not weak, (ground, weak)
    assert _contrast(palette["on-bad"], palette["bad"]) >= 4.5
