# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the report's page: `make screenshots`, of what a run has read (site.json) and of made-up sites in every state.

Every width, light, dark and printed goes to .work/screenshots; those of a made-up site that the docs show also to docs/images.
Fails where a page or a table is wider than the screen, where words of the drawing stick out of their boxes, or where text is cut.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import sys
import typing as t

from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import read_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.page import write_page
from browser import BrowserError, Page, page
from support.report_sites import make_documents

TOP = pathlib.Path(__file__).parents[2]
PICTURES = TOP / ".work/screenshots"
WIDTHS = {"phone": 400, "laptop": 1280}
#: those in the docs, of which site, and the caption of the page before which they end
IN_DOCS = "site-pending"
SHOWN = {"laptop-light": ("report.webp", "Nodes"), "phone-dark": ("report-phone.webp", "Nodes")}
_TOP_OF = "[...document.querySelectorAll('caption')].find(each => each.textContent == '%s').getBoundingClientRect().top + scrollY"
#: A4 without its margins, at 96 dots an inch
PAPER = 718
#: more of a long page is not looked at by anybody
TALLEST = 6000
_STICKING_OUT = """[...document.querySelectorAll('.drawing text')].filter(text => {
  const words = text.getBBox(), box = [...text.ownerSVGElement.querySelectorAll('rect:not(.zone)')].map(each => each.getBBox())
    .find(each => words.x > each.x && words.x < each.x + each.width && words.y > each.y - 4 && words.y < each.y + each.height);
  return words.x + words.width > (box ? box.x + box.width : text.ownerSVGElement.viewBox.baseVal.width);
}).map(text => text.textContent)"""
_CUT = """[...document.querySelectorAll('main *, header *, nav *')].filter(each => each.offsetParent && each.clientWidth
  && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display != 'inline')
  .map(each => each.tagName + '.' + each.className + ': ' + each.textContent.slice(0, 40))"""


def find_defects(shown: Page, width: int) -> list[str]:
    wide = shown.evaluate("document.documentElement.scrollWidth")
    found = [f"the page is {wide} wide"] if wide > width else []
    found += [f"'{words}' sticks out of its box" for words in shown.evaluate(_STICKING_OUT)]
    return found + [f"cut: {words}" for words in shown.evaluate(_CUT)]


def _picture(shown: Page, to: pathlib.Path, width: int, height: t.Optional[int] = None) -> None:
    tall = shown.evaluate("document.documentElement.scrollHeight")
    shown.picture(to, width, height or min(tall, TALLEST))


def look(shown: Page, name: str, in_docs: bool) -> list[str]:
    """Pictures of one page in every width and scheme, and what is wrong with it there."""
    wrong = []
    for size, width in WIDTHS.items():
        for scheme in ("light", "dark"):
            shown.show(width, scheme)
            wrong += [f"{name}-{size}-{scheme}: {defect}" for defect in find_defects(shown, width)]
            _picture(shown, PICTURES / f"{name}-{size}-{scheme}.png", width)
            if in_docs and f"{size}-{scheme}" in SHOWN:
                file, end = SHOWN[f"{size}-{scheme}"]
                _picture(shown, TOP / "docs/images" / file, width, int(shown.evaluate(_TOP_OF % end)))
    shown.show(PAPER, "dark", "print")
    wrong += [f"{name}-print: {defect}" for defect in find_defects(shown, PAPER)]
    _picture(shown, PICTURES / f"{name}-print.png", PAPER)
    shown.pdf(PICTURES / f"{name}.pdf")
    return wrong


def _pages(arguments: t.Sequence[str]) -> dict[str, str]:
    """The made-up sites, and the one that a run has read."""
    pages = {f"site-{name}": write_page(document) for name, document in make_documents().items()}
    if "--made-up" in arguments:
        only = [f"site-{name}" for name in arguments if name != "--made-up"]
        return {name: page for name, page in pages.items() if name in only or not only}
    data = pathlib.Path(arguments[0] if arguments else TOP / ".work/stage/report/site.json").resolve()
    if not data.exists():
        sys.exit(
            f"screenshots: no {os.path.relpath(data)}; `make demo` leaves one, or give that of a run: make screenshots ARGS=FILE, "
            "or only the made-up sites: ARGS=--made-up"
        )
    return {**pages, "run": write_page(read_document(json.loads(data.read_text())))}


def main() -> None:
    pages = _pages(sys.argv[1:])
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    wrong = []
    try:
        with page(TOP / ".work/chromium") as shown:
            for name, text in pages.items():
                (PICTURES / f"{name}.html").write_text(text)
                shown.open(PICTURES / f"{name}.html")
                wrong += look(shown, name, name == IN_DOCS)
    except BrowserError as failure:
        sys.exit(f"screenshots: {failure}")
    print(f"The pictures: {PICTURES}, and docs/images")
    if wrong:
        sys.exit("screenshots: " + "\n".join(wrong))


if __name__ == "__main__":
    main()
