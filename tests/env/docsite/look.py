# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the docs site in headless Chromium, at the widths of a laptop and a phone, light and dark: fails where something is cut.

Pictures of the pages named in SHOWN go to .work/docs/look.
"""

from __future__ import annotations

import pathlib
import sys

TOP = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(TOP / "tests/stage"))

from browser import BrowserError, Page, page  # noqa: E402 - found by the line before

WIDTHS = (1280, 400)
SCHEMES = ("light", "dark")
#: one page of each kind
SHOWN = ("index", "docsite/change_window", "docsite/rules", "docsite/troubleshooting", "sriov_vfs_module", "vsrx_cluster_role")
#: what is wider than its place: the page, and each box of text, code or table whose content is cut or scrolls sideways
_CUT = """(() => {
  const whole = document.documentElement.scrollWidth;
  const wide = whole > window.innerWidth ? ['the page: ' + whole + ' px'] : [];
  const boxes = [...document.querySelectorAll(
    'article pre, article p, article table, article .table-wrapper, article dl, article img, article h1, article h2')];
  return wide.concat(boxes
    .filter(box => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
    .map(box => box.tagName + ' ' + box.textContent.trim().slice(0, 50)));
})()"""
#: text that is not told from its ground, where a colour of the one scheme stands on the other
_FAINT = """(() => {
  const light = colour => { const part = colour.match(/[\\d.]+/g).map(Number).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]; };
  const ground = box => { for (let at = box; at; at = at.parentElement) { const colour = getComputedStyle(at).backgroundColor;
    if (!/rgba|transparent/.test(colour)) return colour; } return 'rgb(255, 255, 255)'; };
  const boxes = [...document.querySelectorAll('article p, article td, article dt, article pre, article h1, article h2, article p a')];
  return boxes.filter(box => box.textContent.trim()).filter(box => {
    const [a, b] = [light(getComputedStyle(box).color), light(ground(box))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) < 4;
  }).map(box => 'faint: ' + box.tagName + ' ' + box.textContent.trim().slice(0, 40)).slice(0, 3);
})()"""


def find_defects(shown: Page, site: pathlib.Path, pictures: pathlib.Path) -> list[str]:
    wrong = []
    for path in sorted(site.rglob("*.html")):
        name = str(path.relative_to(site).with_suffix(""))
        if name in ("genindex", "search"):
            continue
        shown.open(path)
        for width in WIDTHS:
            for scheme in SCHEMES:
                shown.show(width, scheme)
                found = shown.evaluate(_FAINT) + (shown.evaluate(_CUT) if scheme == SCHEMES[0] else [])
                wrong += [f"{name} at {width} px, {scheme}: {each}" for each in found]
                if name in SHOWN:
                    shown.picture(pictures / f"{name.replace('/', '-')}-{width}-{scheme}.png", width)
    return wrong


def main() -> None:
    site = pathlib.Path(sys.argv[1]).resolve()
    pictures = site.parents[1] / "look"
    pictures.mkdir(exist_ok=True)
    try:
        with page(site.parents[1] / "chromium") as shown:
            wrong = find_defects(shown, site, pictures)
    except BrowserError as failure:
        sys.exit(f"look: {failure}")
    print(f"Pictures of {len(SHOWN)} pages: {pictures}")
    if wrong:
        sys.exit("look: cut or hard to read:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
