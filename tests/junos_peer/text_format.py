# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration as text: Junos' braces, and `set` commands."""

from __future__ import annotations

import re

from .tree import Tree, inactive, is_leaf_list, key, key_names, words

# Lists whose entries stand by their name alone below their parent: interfaces { ge-0/0/0 { ... } }
BARE = {"interfaces": "interface", "vlans": "vlan", "routing-instances": "instance", "bridge-domains": "domain"}
# Lists whose name opens one block for all entries: groups { node0 { ... } node1 { ... } }
BLOCK = words("groups member-interfaces system-services name-server applications")
BLOCK_IN = {"interfaces": ("security-zone",), "protocols": ("host-inbound-traffic",)}
# Lists written in one line: node 0 priority 100;
ONE_LINE = words("node")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@*<>+-]+\Z")
STEP = "    "


def word(text: str) -> str:
    return text if _PLAIN.match(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def text(root: Tree) -> str:
    """The whole tree below root, in braces."""
    lines = body(root)
    return "".join(f"{line}\n" for line in lines)


def body(parent: Tree, depth: int = 0) -> list[str]:
    lines: list[str] = []
    done: set[str] = set()
    keys = key_names(parent)
    for child in parent:
        if child.tag in done or (child.tag in keys and not len(child)):
            continue
        if is_block(child):
            done.add(child.tag)
            entries = parent.findall(child.tag)
            lines.append(f"{STEP * depth}{child.tag} {{")
            for entry in entries:
                lines += statement(entry, depth + 1, bare=True)
            lines.append(f"{STEP * depth}}}")
        elif is_leaf_list(child) and len(parent.findall(child.tag)) > 1 and not any(inactive(leaf) for leaf in parent.findall(child.tag)):
            done.add(child.tag)
            values = " ".join(word(leaf.text or "") for leaf in parent.findall(child.tag))
            lines.append(f"{STEP * depth}{child.tag} [ {values} ];")
        else:
            lines += statement(child, depth, bare=BARE.get(parent.tag) == child.tag)
    return lines


def statement(element: Tree, depth: int = 0, bare: bool = False) -> list[str]:
    """One statement with all that is in it."""
    indent = STEP * depth
    mark = "inactive: " if inactive(element) else ""
    head = mark + heading(element, bare)
    keys = key_names(element)
    inner = [child for child in element if child.tag not in keys or len(child)]
    if not len(element) and element.text:
        return [f"{indent}{head} {secret(element.tag, element.text)};"]
    if not inner:
        return [f"{indent}{head};"]
    if _one_line(element, inner):
        words = " ".join(f"{child.tag} {word(child.text)}" if child.text else child.tag for child in inner)
        return [f"{indent}{head} {words};"]
    if len(inner) == 1 and not len(inner[0]) and element.tag in ("redundant-parent",):
        return [f"{indent}{head} {word(inner[0].text or '')};"]
    return [f"{indent}{head} {{", *body(element, depth + 1), f"{indent}}}"]


def heading(element: Tree, bare: bool) -> str:
    names = key_names(element)
    if len(names) == 2:  # policies from-zone A to-zone B
        return " ".join(f"{name.removesuffix('-name')} {word(value)}" for name, value in zip(names, key(element), strict=True))
    words = " ".join(word(value) for value in key(element))
    return words if bare and words else f"{element.tag} {words}".rstrip()


def secret(tag: str, value: str) -> str:
    quoted = f'"{value}"' if tag.startswith("encrypted-") else word(value)
    return f"{quoted} ## SECRET-DATA" if tag.startswith("encrypted-") else quoted


def is_block(element: Tree) -> bool:
    parent = element.getparent()
    if not key_names(element) or parent is None:
        return False
    return element.tag in BLOCK or parent.tag in BLOCK_IN.get(element.tag, ())


def _one_line(element: Tree, inner: list[Tree]) -> bool:
    return element.tag in ONE_LINE and all(not len(child) for child in inner)


def commands(root: Tree, prefix: str = "") -> list[str]:
    """The tree as set and deactivate commands."""
    lines: list[str] = []
    off: list[str] = []
    keys = key_names(root)
    for child in root:
        if child.tag in keys and not len(child):
            continue
        bare = BARE.get(root.tag) == child.tag
        here = f"{prefix} {heading(child, bare)}".strip()
        if inactive(child):
            off.append(f"deactivate {here}")
        inner = [grandchild for grandchild in child if grandchild.tag not in key_names(child) or len(grandchild)]
        if inner:
            lines += commands(child, here)
        else:
            value = f" {word(child.text)}" if not len(child) and child.text else ""
            lines.append(f"set {here}{value}")
    return lines + off
