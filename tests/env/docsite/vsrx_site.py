# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the docs site adds to plain reStructuredText: links between files, an anchor for each message, dark pictures.

The pages in docs/docsite/rst use no role of Sphinx, so that they also read well on the repository's own site: a link names a file
(`rules.rst#s10`, `../../../roles/sriov_host/README.md`). Here such a link becomes one to the page made of that file. A link to nothing is a
warning, and warnings end the build.
"""

from __future__ import annotations

import pathlib
import posixpath
import re
import typing as t
import urllib.parse

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)
FOLDER = "docsite"
MESSAGES = f"{FOLDER}/troubleshooting"
SOURCE = "docs/docsite/rst"
#: what is on Ansible's own site; each other label that leads nowhere stays a warning
FOREIGN = ("action_plugins", "ansible_collections.ansible.", "ansible_configuration_settings", "common_return_values")
_PAGES = (
    (re.compile(r"^plugins/modules/(\w+)\.py$"), r"\1_module"),
    (re.compile(r"^plugins/filter/(\w+)\.py$"), r"\1_filter"),
    (re.compile(r"^roles/(\w+)/README\.md$"), r"\1_role"),
    (re.compile(rf"^{SOURCE}/(\w+)\.rst$"), rf"{FOLDER}/\1"),
)
_SLUG = 60


def find_page(path: str) -> t.Optional[str]:
    """The page of the site that is made of a file of the repository."""
    for pattern, page in _PAGES:
        if pattern.match(path):
            return pattern.sub(page, path)
    return None


def make_slug(message: str) -> str:
    """The anchor of a message: its words, up to the first that varies after the beginning."""
    words = re.sub(r"[^a-z0-9]+", "-", message.lower().replace("...", " ")).strip("-")
    return "msg-" + words[:_SLUG].rstrip("-")


def resolve_links(app: Sphinx, doctree: nodes.document, name: str) -> None:
    if not name.startswith(f"{FOLDER}/"):
        return
    for link in doctree.findall(nodes.reference):
        target, anchor = urllib.parse.urldefrag(link.get("refuri", ""))
        if not target or "://" in target or target.startswith(("mailto:", "/")) or target.endswith(".html"):
            continue
        path = posixpath.normpath(posixpath.join(SOURCE, target))
        page = find_page(path)
        if page is None and (pathlib.Path(app.config.vsrx_top) / path).exists():
            link["refuri"] = f"{app.config.vsrx_repository}/blob/main/{path}" + (f"#{anchor}" if anchor else "")
        elif page in app.env.found_docs:
            if anchor and page.startswith(f"{FOLDER}/") and anchor not in _find_ids(app, page):
                LOG.warning("%s has no anchor '%s'", path, anchor, location=link)
            link["refuri"] = app.builder.get_relative_uri(name, page) + (f"#{anchor}" if anchor else "")
        else:
            LOG.warning("no file %s", path, location=link)


def _find_ids(app: Sphinx, page: str) -> set[str]:
    return {each for node in app.env.get_doctree(page).findall(nodes.Element) for each in node.get("ids", [])}


def give_messages_anchors(app: Sphinx, doctree: nodes.document) -> None:
    if app.env.docname != MESSAGES:
        return
    for term in doctree.findall(nodes.term):
        quoted = next(iter(term.findall(nodes.literal)), None)
        if quoted is not None:
            slug = make_slug(quoted.astext())
            term["ids"] = [slug]
            term += nodes.reference("", "¶", refuri=f"#{slug}", classes=["headerlink"], internal=True)


def add_dark_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """A picture that has a second file for dark pages is shown as the page is, light or dark."""
    for image in list(doctree.findall(nodes.image)):
        path = pathlib.PurePosixPath(image["uri"])
        dark = path.with_name(f"{path.stem}-dark{path.suffix}")
        if (pathlib.Path(app.config.vsrx_top) / "docs/images" / dark.name).exists():
            other = image.deepcopy()
            other["uri"] = str(dark)
            other["classes"] = [*image["classes"], "only-dark"]
            image["classes"] = [*image["classes"], "only-light"]
            image.parent.insert(image.parent.index(image) + 1, other)


def keep_foreign(app: Sphinx, env: t.Any, node: nodes.Element, contnode: nodes.Element) -> t.Optional[nodes.Element]:
    return contnode if node["reftarget"].startswith(FOREIGN) else None


def setup(app: Sphinx) -> dict[str, t.Any]:
    app.add_config_value("vsrx_top", "", "env")
    app.add_config_value("vsrx_repository", "", "env")
    app.connect("missing-reference", keep_foreign)
    app.connect("doctree-read", give_messages_anchors)
    # Before Sphinx collects the pictures, which it does at the same event.
    app.connect("doctree-read", add_dark_pictures, priority=100)
    app.connect("doctree-resolved", resolve_links)
    return {"parallel_read_safe": True}
