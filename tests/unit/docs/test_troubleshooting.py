# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each message of the collection has an entry in the guide, and each entry is of a message that there is."""

from __future__ import annotations

import re

from messages import TOP, VARYING, messages

PAGE = TOP / "docs/docsite/rst/troubleshooting.rst"
_MANY = 4
#: the section of messages that are in somebody else's code
OTHERS = "Messages of Ansible and ncclient"


def _sections() -> dict[str, str]:
    """The page's text by heading; what is before the first one has none."""
    parts = re.split(r"^(.+)\n-{3,}\n", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], parts[::2]))


def _entries(others: bool = False) -> dict[str, str]:
    """What is quoted of a message, and what is said about it."""
    found = {}
    page = "".join(text for heading, text in _sections().items() if (heading == OTHERS) is others)
    for heads, text in re.findall(r"^(``.+``)\n((?:  .+\n)+)", page, re.MULTILINE):
        found.update(dict.fromkeys(re.findall(r"``(.+?)``", heads), text))
    return found


def _is_of(quoted: str, message: str) -> bool:
    return re.search(".*?".join(map(re.escape, quoted.split(VARYING))), message) is not None


def test_each_message_has_an_entry() -> None:
    missing = [f"{place}: {said}" for said, place in messages().items() if not any(_is_of(quoted, said) for quoted in _entries())]
    assert not missing, "\n".join(["without an entry in troubleshooting.rst:", *missing])


def test_each_entry_is_of_a_message() -> None:
    said = messages()
    stale = [quoted for quoted in _entries() if not any(_is_of(quoted, each) for each in said)]
    assert not stale, "\n".join(["no message has these words:", *stale])


def test_no_entry_is_of_everything() -> None:
    """An entry that fits a crowd of messages would hide a new one that has none."""
    said = messages()
    places = {quoted: {place for each, place in said.items() if _is_of(quoted, each)} for quoted in _entries()}
    assert not {quoted: sorted(found) for quoted, found in places.items() if len(found) > _MANY}


def test_entries_of_others_are_none_of_ours() -> None:
    said = messages()
    found = _entries(others=True)
    assert found
    assert not [quoted for quoted in found if any(_is_of(quoted, each) for each in said)]


def test_messages_are_read_from_code_and_tasks() -> None:
    """The list itself: plain and formatted texts, findings, tables of causes, tasks."""
    said = "\n".join(messages())
    for each in (
        "this module must run as root: set become: true",
        "the platform is ...",
        "sysfs is mounted read-only",
        "a NIC that stays would change or get another place",
        "vsrx_teardown of ... is ...; expected some of",
    ):
        assert each in said
