# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the report's page, made from what a run has read (site.json): `make screenshots`.

Every width, light, dark and printed goes to .work/screenshots; those that the docs show also to docs/images.
Fails where the page is wider than the screen, or where words of the drawing stick out of their boxes.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys

from browser import BrowserError, Page, page

TOP = pathlib.Path(__file__).parents[2]
PICTURES = TOP / ".work/screenshots"
WIDTHS = {"phone": 375, "laptop": 1280}
#: those in the docs, and the heading of the page before which they end
SHOWN = {"laptop-light": ("report.webp", "Ports"), "phone-dark": ("report-phone.webp", "Nodes")}
_TOP_OF = "[...document.querySelectorAll('h3')].find(each => each.textContent == '%s').offsetTop"
#: A4 without its margins, at 96 dots an inch
PAPER = 718
_STICKING_OUT = """[...document.querySelectorAll('svg text')].filter(text => {
  const words = text.getBBox(), box = [...text.ownerSVGElement.querySelectorAll('rect:not(.zone)')].map(each => each.getBBox())
    .find(each => words.x > each.x && words.x < each.x + each.width && words.y > each.y - 4 && words.y < each.y + each.height);
  return words.x + words.width > (box ? box.x + box.width : text.ownerSVGElement.viewBox.baseVal.width);
}).map(text => text.textContent)"""


def _rendered(data: pathlib.Path, to: pathlib.Path) -> None:
    """The page, by Ansible, as the playbook makes it."""
    site = to.with_name("site.json")
    site.write_text(json.dumps({"site": json.loads(data.read_text())}))
    template = TOP / "playbooks/templates/report.html.j2"
    command = ["ansible", "localhost", "-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}"]
    command += ["-e", f"@{site}", "-m", "ansible.builtin.template", "-a", f"src={template} dest={to} mode=0644"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _defects(shown: Page, width: int) -> list[str]:
    wide = shown.evaluate("document.documentElement.scrollWidth")
    found = [f"the page is {wide} wide"] if wide > width else []
    return found + [f"'{words}' sticks out of its box" for words in shown.evaluate(_STICKING_OUT)]


def _pictures(shown: Page) -> list[str]:
    wrong = []
    for name, width in WIDTHS.items():
        for scheme in ("light", "dark"):
            shown.show(width, scheme)
            wrong += [f"{name}-{scheme}: {defect}" for defect in _defects(shown, width)]
            shown.picture(PICTURES / f"{name}-{scheme}.png", width)
            if f"{name}-{scheme}" in SHOWN:
                file, end = SHOWN[f"{name}-{scheme}"]
                shown.picture(TOP / "docs/images" / file, width, shown.evaluate(_TOP_OF % end))
    for scheme in ("light", "dark"):
        shown.show(PAPER, scheme, "print")
        wrong += [f"print-{scheme}: {defect}" for defect in _defects(shown, PAPER)]
        shown.picture(PICTURES / f"print-{scheme}.png", PAPER)
    shown.pdf(PICTURES / "report.pdf")
    return wrong


def main() -> None:
    data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else TOP / ".work/stage/report/site.json").resolve()
    if not data.exists():
        sys.exit(f"screenshots: no {os.path.relpath(data)}; `make demo` leaves one, or give that of a run: make screenshots ARGS=FILE")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    _rendered(data, PICTURES / "index.html")
    try:
        with page(TOP / ".work/chromium") as shown:
            shown.open(PICTURES / "index.html")
            wrong = _pictures(shown)
    except BrowserError as failure:
        sys.exit(f"screenshots: {failure}")
    print(f"The pictures: {PICTURES}, and docs/images/{', docs/images/'.join(file for file, _end in SHOWN.values())}")
    if wrong:
        sys.exit("screenshots: " + "\n".join(wrong))


if __name__ == "__main__":
    main()
