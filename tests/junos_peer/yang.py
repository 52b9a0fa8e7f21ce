# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Juniper's YANG models, where JUNOS_YANG_DIR names their folder: what is loaded and committed must be valid by them."""

from __future__ import annotations

import functools
import os
import pathlib
import re
import threading

from lxml import etree

from .errors import Complaint, RefusedError
from .tree import Tree, attributes, clone, key_names, named, without_inactive

SPACE = "http://yang.juniper.net/junos-es/conf/"
_MODULE = re.compile(r"(junos-es-conf-([a-z0-9-]+))@.*\.yang\Z")
_QUOTED = re.compile(r'"([^"]+)"')


class Models:
    """The modules of a folder. Top-level containers without a module of their own are left out of the check, and named."""

    def __init__(self, folder: pathlib.Path) -> None:
        import oopt_gnpy_libyang as libyang  # type: ignore[import-not-found]

        self._libyang = libyang
        libyang.set_log_options(libyang.LogOptions.Store)
        self._context = libyang.Context(str(folder), libyang.ContextOptions.NoYangLibrary)
        # Peers of one process share the models, each in a thread of its own.
        self._one_at_a_time = threading.Lock()
        self.modules: list[str] = []
        for path in sorted(folder.glob("junos-es-conf-*.yang")):
            match = _MODULE.match(path.name)
            if match:
                self._context.load_module(match[1])
                self.modules.append(match[2])

    def unchecked(self, root: Tree) -> set[str]:
        places = [root, *root.findall("groups")]
        own = {"name", "when", "groups", "apply-groups", "apply-groups-except", "apply-macro", "version", "rcsid"}
        return {child.tag for place in places for child in place if child.tag not in own | set(self.modules)}

    def check_load(self, root: Tree) -> None:
        """A fragment with marks: every statement exists and every value has its type."""
        options = self._libyang.ParseOptions.Strict | self._libyang.ParseOptions.NoState | self._libyang.ParseOptions.ParseOnly
        made = clone(root)
        # A statement that is deleted needs no value and no key; only its place is held against the models.
        for element in [found for found in made.iter() if _bare_delete(found)]:
            self._parse(_alone(element), options, values=False)
            element.getparent().remove(element)  # type: ignore[union-attr]
        self._parse(made, options)

    def check_commit(self, root: Tree) -> None:
        """A whole configuration, less what is inactive."""
        self._parse(without_inactive(root), self._libyang.ParseOptions.Strict | self._libyang.ParseOptions.NoState)

    def _parse(self, root: Tree, options: object, values: bool = True) -> None:
        text = etree.tostring(self.qualified(root), encoding="unicode")
        with self._one_at_a_time:
            complaints = self._complaints(text, options)
        if complaints and (values or any(complaint.message.startswith("syntax error") for complaint in complaints)):
            raise RefusedError(*complaints)

    def _complaints(self, text: str, options: object) -> list[Complaint]:
        self._context.clean_all_errors()
        try:
            self._context.parse_data(text, self._libyang.DataFormat.XML, options, self._libyang.ValidationOptions.Present)
        except self._libyang.Error as failure:
            found = [_complaint(error.message or str(failure), error.data_path or "") for error in self._context.errors()]
            return found or [Complaint(str(failure))]
        return []

    def qualified(self, root: Tree) -> Tree:
        """In the modules' namespaces, without marks and without what no module here describes."""
        made = clone(root)
        out = self.unchecked(made)
        for place in [made, *made.findall("groups")]:
            for child in list(place):
                if child.tag in out:
                    place.remove(child)
        return qualify(made, set(self.modules))


def qualify(root: Tree, modules: set[str] | None = None, keep: bool = False) -> Tree:
    """One namespace a module: that of the top-level container, in groups too."""
    top = named(f"{{{SPACE}root}}{root.tag}", attributes(root) if keep else {}, {None: f"{SPACE}root"})
    _into(top, root, "root", modules, keep, 0)
    return top


_OWN = {"groups", "apply-groups", "apply-groups-except", "apply-macro", "version", "rcsid", "name", "when"}


def _into(made: Tree, source: Tree, module: str, modules: set[str] | None, keep: bool, depth: int) -> None:
    made.text = source.text
    for child in source:
        top = depth == 0 or (depth == 1 and source.tag == "groups")
        space = module
        if top and child.tag not in _OWN and (modules is None or child.tag in modules):
            space = child.tag
        uri = f"{SPACE}{space}"
        element = named(f"{{{uri}}}{child.tag}", attributes(child) if keep else {}, {None: uri})
        made.append(element)
        _into(element, child, space, modules, keep, depth + 1)


def _bare_delete(element: Tree) -> bool:
    marked = element.get("delete") is not None or element.get("operation") in ("delete", "remove")
    return marked and not len(element) and not element.text and element.getparent() is not None


def _alone(element: Tree) -> Tree:
    """The element in its place, with the keys on the way and nothing else."""
    made = etree.Element(element.tag)
    for level in element.iterancestors():
        parent = etree.Element(level.tag)
        parent.extend(clone(level.find(name)) for name in key_names(level))  # type: ignore[arg-type]
        parent.append(made)
        made = parent
    return made


def _complaint(message: str, path: str) -> Complaint:
    words = _QUOTED.findall(message)
    steps = re.sub(r"\[[a-z0-9_:-]+='([^']*)'\]", r" \1", path.replace("/junos-es-conf-root:configuration", ""))
    steps = re.sub(r"/(?:[a-z0-9-]+:)?", " ", steps).strip()
    kind = (
        "syntax error" if "not found as a child" in message or "Unknown element" in message or "No module" in message else "invalid value"
    )
    return Complaint(
        f"{kind}: {' '.join(message.split())}", path=f"[edit {steps}]".replace("[edit ]", "[edit]"), element=words[0] if words else ""
    )


@functools.cache
def _models(path: pathlib.Path) -> Models:
    return Models(path)


def find(variable: str = "JUNOS_YANG_DIR") -> tuple[Models | None, str]:
    """The models and a sentence about them; the sentence says so plainly where nothing is checked."""
    folder = os.environ.get(variable, "")
    if not folder:
        return None, f"configuration is NOT checked against Juniper's YANG models: {variable} is not set"
    path = pathlib.Path(folder)
    if not any(path.glob("junos-es-conf-*.yang")):
        raise SystemExit(
            f"{variable} names {folder}, which holds no junos-es-conf-*.yang: unset it, or name the folder of Juniper's models"
        )
    try:
        models = _models(path)
    except ImportError:
        return None, "configuration is NOT checked against Juniper's YANG models: the Python package oopt-gnpy-libyang is not installed"
    return models, f"configuration is checked against Juniper's YANG models in {folder}: {', '.join(models.modules)}"
