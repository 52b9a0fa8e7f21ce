# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers of plugins/module_utils, and which imports break them.

A file is pure unless it matches one of `IO`. Files are named by their path below module_utils, without the suffix: ``_host/fs``.
"""

from __future__ import annotations

import ast
import dataclasses
import fnmatch
import pathlib
import typing as t

#: files that may use sockets, processes, clocks and files
IO = (
    "_module",
    "_host/files", "_host/fs", "_host/iommu", "_host/iproute",
    "_host/process", "_host/reader", "_host/sysfs", "_host/vf_user_reader",
    "_libvirt", "_libvirt/connection", "_libvirt/domain", "_libvirt/inventory",
    "_junos/netconf", "_junos/requests",
    "_*/module", "_*/apply", "_*/update", "_*/commit", "_*/observe",
    "_sriov_vfs/boot/unit", "_sriov_vfs/boot/restore", "_sriov_vfs/boot/other_config_files",
    "_vsrx_hostdev/journal",
)  # fmt: skip

#: what a pure file may import from elsewhere: no file, socket, process or clock is in reach of these
PURE_IMPORTS = {
    "__future__", "abc", "base64", "binascii", "bisect", "collections", "contextlib", "copy", "dataclasses", "difflib", "enum", "errno",
    "fnmatch", "functools", "hashlib", "html", "ipaddress", "itertools", "json", "math", "operator", "re", "shlex", "string", "struct",
    "textwrap", "types", "typing", "unicodedata", "xml", "lxml", "jmespath", "yaml",
}  # fmt: skip
#: what a pure file may take from a module that reaches outside
PURE_NAMES = {"os.strerror", "pathlib.PurePath", "pathlib.PurePosixPath"}
#: builtins that reach outside
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval", "__import__", "compile", "breakpoint"}

#: what all modules share to reach hosts and nodes: it knows no module
ACCESS = ("_host", "_libvirt", "_junos")


@dataclasses.dataclass(frozen=True, order=True)
class Breach:
    """One import, or call, that a layer forbids."""

    file: str
    imported: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}.py: {self.imported}: {self.why}"


@dataclasses.dataclass(frozen=True)
class Tree:
    """The imports of each file: of other files of the tree, and of what is elsewhere."""

    inside: dict[str, set[str]]
    outside: dict[str, set[str]]
    calls: dict[str, set[str]]
    packages: set[str]


def is_io(file: str) -> bool:
    return any(fnmatch.fnmatchcase(file, pattern) for pattern in IO)


def read_tree(root: pathlib.Path) -> Tree:
    sources = {path.relative_to(root).with_suffix("").as_posix(): path for path in root.rglob("*.py")}
    sources = {name.removesuffix("/__init__"): path for name, path in sources.items() if name != "__init__"}
    packages = {name for name, path in sources.items() if path.name == "__init__.py"}
    tree = Tree({}, {}, {}, packages)
    for name, path in sorted(sources.items()):
        parsed = ast.parse(path.read_text(encoding="utf-8"), str(path))
        base = name if name in packages else name.rpartition("/")[0]
        found = [target for node in ast.walk(parsed) for target in _targets(node, base)]
        tree.inside[name] = {_file(target, sources) for inner, target in found if inner} - {name, ""}
        tree.outside[name] = {target for inner, target in found if not inner}
        tree.calls[name] = {
            node.func.id
            for node in ast.walk(parsed)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS
        }
    return tree


def _targets(node: ast.AST, base: str) -> t.Iterator[tuple[bool, str]]:
    """What an import names: whether it lies in the tree, and its path there or its dotted name."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield False, alias.name
    elif isinstance(node, ast.ImportFrom) and node.level:
        parts = base.split("/") if base else []
        parts = parts[: len(parts) - node.level + 1]
        path = "/".join([*parts, *(node.module or "").split(".")]).strip("/")
        for alias in node.names:
            yield True, f"{path}/{alias.name}".strip("/")
    elif isinstance(node, ast.ImportFrom):
        _start, own, inner = (node.module or "").partition("vsrx.sriov.plugins.module_utils")
        for alias in node.names:
            if own:
                yield True, f"{inner.strip('.').replace('.', '/')}/{alias.name}".strip("/")
            else:
                yield False, f"{node.module}.{alias.name}"


def _file(target: str, sources: t.Mapping[str, pathlib.Path]) -> str:
    """The file that holds the target: itself, or the one in which it is a name."""
    while target and target not in sources:
        target = target.rpartition("/")[0]
    return target


def find_breaches(tree: Tree, modules: t.Collection[str]) -> list[Breach]:
    """All breaches of the rules, by file; `modules` are the names of the collection's modules."""
    return sorted([*_impure(tree), *_crossings(tree, modules), *_circles(tree)])


def _impure(tree: Tree) -> t.Iterator[Breach]:
    for file in tree.inside:
        if is_io(file):
            continue
        for imported in tree.inside[file]:
            if is_io(imported):
                yield Breach(file, imported, "a pure file imports one that does I/O")
        for imported in tree.outside[file]:
            if imported.partition(".")[0] not in PURE_IMPORTS and imported not in PURE_NAMES:
                yield Breach(file, imported, "a pure file imports what can reach files, sockets, processes or the clock")
        for called in tree.calls[file]:
            yield Breach(file, f"{called}()", "a pure file reaches outside")


def _crossings(tree: Tree, modules: t.Collection[str]) -> t.Iterator[Breach]:
    folders = {f"_{module}" for module in modules}
    for file, imports in tree.inside.items():
        folder = file.partition("/")[0]
        for imported in imports:
            other = imported.partition("/")[0]
            if other in folders and other != folder:
                if folder in folders:
                    yield Breach(file, imported, "a module's folder imports another's")
                else:
                    yield Breach(file, imported, f"{'the access layer' if folder in ACCESS else 'a shared file'} imports a module's folder")


def _circles(tree: Tree) -> t.Iterator[Breach]:
    for file, imports in tree.inside.items():
        for imported in imports:
            if imported not in tree.packages and file in _reached(tree, imported):
                yield Breach(file, imported, "the import is part of a circle")


def _reached(tree: Tree, start: str) -> set[str]:
    """All files that importing this one brings, itself included."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += tree.inside.get(file, ())
    return seen
