# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The borders of the control node: answers of modules, what a report is made of, and a report that is read again."""

from __future__ import annotations

import functools
import html.parser
import importlib
import json
import random
import re
import typing as t

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.vsrx.sriov.plugins.filter.report_document import report_document
from ansible_collections.vsrx.sriov.plugins.filter.report_view import FORMS, report_view
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.admission import admit
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import Field, check_result, read_shape
from support.report_sites import READ_AT, RUN, make_bad_site, make_long_site, make_pending_site, make_site
from support.standin_hosts import VFS, cluster_mac, hostdev

from .mutate import mutate_value
from .runner import Target

ANSWERS: dict[str, list[dict[str, t.Any]]] = {
    "sriov_vfs": [VFS],
    "vsrx_hostdev": [hostdev(0), hostdev(1, actions=["add VF 0000:01:10.0"], changed=True)],
    "junos_cluster_mac": [cluster_mac(0), cluster_mac(1)],
}


class CommandError(Exception):
    """Something that a terminal or a browser would obey is in what people read."""


@functools.cache
def shape_of(module: str) -> t.Mapping[str, Field]:
    return read_shape(yaml.safe_load(importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{module}").RETURN))


def make_answer(module: str, chance: random.Random) -> t.Any:
    return mutate_value(chance, chance.choice(ANSWERS[module]))


def take_answer(module: str, answer: t.Any) -> None:
    """What is admitted has no wrong value, and is admitted again as it is."""
    if not isinstance(answer, dict):
        raise VsrxError("Ansible itself takes nothing but a dictionary")
    admitted = admit(shape_of(module), answer, module, "kvm1")
    if admitted["failed"]:
        raise VsrxError(admitted["msg"])
    if check_result(shape_of(module), admitted, success=True)[1] or "ansible_facts" in admitted:
        raise CommandError("a wrong value was admitted")


SITES = [make_site(1), make_site(2), make_bad_site(), make_pending_site(), make_long_site()]


def make_site_values(chance: random.Random) -> t.Any:
    hosts, nodes = chance.choice(SITES)
    return mutate_value(chance, {"hosts": hosts, "nodes": nodes})


def take_site_values(values: t.Any) -> None:
    """The names of hosts and their groups are the inventory's; all that is below them is what hosts and nodes said."""
    if not isinstance(values, dict):
        raise VsrxError("not a site")
    hosts, nodes = (
        {str(name): each for name, each in _dict(values.get(kind)).items() if isinstance(each, dict)} for kind in ("hosts", "nodes")
    )
    show(report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN))


def _dict(value: t.Any) -> dict[t.Any, t.Any]:
    return value if isinstance(value, dict) else {}


@functools.cache
def documents() -> list[t.Any]:
    made = (report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN) for hosts, nodes in SITES[:3])
    return [json.loads(json.dumps(each)) for each in made]


def make_document(chance: random.Random) -> str:
    try:
        return json.dumps(mutate_value(chance, chance.choice(documents())))
    except (ValueError, RecursionError):
        return "[]"


def take_document(text: str) -> None:
    """An earlier report, and the same to be shown again."""
    hosts, nodes = SITES[0]
    try:
        report_document({**hosts, **nodes}, list(hosts), list(nodes), READ_AT, RUN, previous=text, since=text)
    except AnsibleFilterError as failure:
        raise VsrxError(str(failure)) from None
    show(json.loads(text))


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(html.parser.HTMLParser):
    """Only what the page itself is made of."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        if tag in ("script", "x", "iframe", "object") or any(name.startswith("on") or "javascript:" in str(value) for name, value in attrs):
            raise CommandError(f"<{tag} {attrs}>")


def show(document: t.Any) -> None:
    json.dumps(document)
    for form in FORMS:
        shown = report_view(document, form)
        text = "\n".join(shown) if isinstance(shown, list) else str(shown)
        if found := _COMMANDS.search(text):
            raise CommandError(f"{found[0]!r} in {form}")
        if form == "html":
            Page().feed(text)
        text.encode()


CONTROL_NODE = [
    *(Target(f"answer_{name}", functools.partial(make_answer, name), functools.partial(take_answer, name)) for name in ANSWERS),
    Target("report_values", make_site_values, take_site_values),
    Target("report_documents", make_document, take_document),
]
