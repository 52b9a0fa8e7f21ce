# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain words: what people read has no word that readers of docs in this field would not expect."""

from __future__ import annotations

import io
import pathlib
import re
import tokenize

import pytest

TOP = pathlib.Path(__file__).parents[3]
#: a word, and what to write instead
WORDS = {
    r"can not": "cannot",
    r"(?:some|any|no)body(?:'s)?(?: else)?": "name the actor: another process, another user, the module",
    r"rooms?|workrooms?": "layer, package; space; or say what is missing",
    r"house": "repository, project",
    r"seats?": "position",
    r"wish(?:es)?": "request, option",
    r"the way back|taking it back|takes? (?:it|them|that) back|taken back": "roll back, remove",
    r"(?:is|are|was|were) told": "name who says it, or: set, given, known",
    r"(?:gives?|given|giving|gave) up": "clear (a manual failover)",
    r"held|holders?": "in use by",
    r"whoever": "name the actor",
    r"cast out": "ineligible, disabled",
    r"goes home": "returns, preempts back",
}
_WORDS = re.compile("|".join(rf"\b(?:{word})\b" for word in WORDS), re.IGNORECASE)
READ = ("*.md", "docs/docsite/rst/*.rst", "playbooks/**/*.yml", "playbooks/**/*.j2", "roles/**/*.md", "roles/**/*.yml", "plugins/**/*.py")
#: files that name the value "held" of an option: public names stay
HELD_IS_A_VALUE = (
    "plugins/action/junos_cluster_failover.py",
    "plugins/modules/junos_cluster_failover.py",
    "roles/vsrx_cluster/tasks/failover_test.yml",
)
FILES = sorted({path for pattern in READ for path in TOP.glob(pattern) if path.is_file() and ".work" not in path.parts})


def _name(path: pathlib.Path) -> str:
    return str(path.relative_to(TOP))


def _prose(path: pathlib.Path) -> str:
    """The text without what is quoted of a message, which is that message's matter; of code, its comments and strings."""
    text = path.read_text()
    if path.suffix == ".rst":
        return re.sub(r"``[^`]*``", lambda found: re.sub(r"\w", "x", found.group()), text)
    if path.suffix != ".py":
        return text
    lines = [""] * (text.count("\n") + 2)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING):
            for number, line in enumerate(re.sub(r"\{[^{}\n]*\}", "", token.string).split("\n")):
                lines[token.start[0] - 1 + number] += " " + line
    return "\n".join(lines)


def find_words(text: str) -> list[str]:
    return [f"line {text.count(chr(10), 0, found.start()) + 1}: {found.group()}" for found in _WORDS.finditer(text)]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_words_are_plain(path: pathlib.Path) -> None:
    found = [word for word in find_words(_prose(path)) if not (_name(path) in HELD_IS_A_VALUE and word.endswith(": held"))]
    assert found == [], "say it with the words of WORDS"


def test_words_are_found() -> None:
    said = "It can not be held.\nSomebody else is told; whoever gives up the room.\nA roommate is in the warehouse; cannot; threshold."
    found = [each.partition(": ")[2] for each in find_words(said)]
    assert found == ["can not", "held", "Somebody else", "is told", "whoever", "gives up", "room"]


if __name__ == "__main__":
    for each in FILES:
        if found := find_words(_prose(each)):
            print(f"{len(found):4} {_name(each)}")
