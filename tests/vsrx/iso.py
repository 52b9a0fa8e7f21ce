# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CD image with files in its root, as `mkisofs -l` writes it: ISO 9660 without extensions."""

from __future__ import annotations

import pathlib
import struct

_SECTOR = 2048
_ROOT, _FIRST_FILE = 20, 21


def write_iso(path: pathlib.Path, files: dict[str, bytes]) -> None:
    """Write the files; their names are those of the image in capitals, which readers show in small letters."""
    entries = [_render_entry(b"\0", _ROOT, _SECTOR, True), _render_entry(b"\1", _ROOT, _SECTOR, True)]
    data = b""
    for name, content in sorted(files.items()):
        entries.append(_render_entry(f"{name.upper()};1".encode(), _FIRST_FILE + len(data) // _SECTOR, len(content), False))
        data += _pad(content)
    root = b"".join(entries)
    if len(root) > _SECTOR:
        raise ValueError(f"{len(files)} files do not fit into one folder of this image")
    tables = [_render_path_table("<"), _render_path_table(">")]
    size = _FIRST_FILE + len(data) // _SECTOR
    blocks = [b"", *[b""] * 15, _render_volume(size), b"\xffCD001\1", *tables, root]
    path.write_bytes(b"".join(_pad(block, True) for block in blocks) + data)


def read_iso(path: pathlib.Path) -> dict[str, bytes]:
    """The files of an image that `write_iso` wrote."""
    image = path.read_bytes()
    root = image[_ROOT * _SECTOR : (_ROOT + 1) * _SECTOR]
    files, at = {}, 0
    while root[at]:
        length, start, size = root[at], *struct.unpack_from("<I4xI", root, at + 2)
        name = root[at + 33 : at + 33 + root[at + 32]]
        if name not in (b"\0", b"\1"):
            files[name.decode().rpartition(";")[0].lower()] = image[start * _SECTOR : start * _SECTOR + size]
        at += length
    return files


def _pad(block: bytes, always: bool = False) -> bytes:
    missing = _SECTOR if always and not block else -len(block) % _SECTOR
    return block + bytes(missing)


def _both(number: int, size: int) -> bytes:
    letter = {2: "H", 4: "I"}[size]
    return struct.pack(f"<{letter}", number) + struct.pack(f">{letter}", number)


def _render_entry(name: bytes, start: int, size: int, folder: bool) -> bytes:
    moment = bytes((126, 1, 1, 0, 0, 0, 0))
    entry = b"\0" + _both(start, 4) + _both(size, 4) + moment + bytes((2 if folder else 0, 0, 0)) + _both(1, 2) + bytes((len(name),)) + name
    entry += b"" if len(name) % 2 else b"\0"
    return bytes((len(entry) + 1,)) + entry


def _render_path_table(order: str) -> bytes:
    return struct.pack(f"{order}BBIH", 1, 0, _ROOT, 1) + b"\0\0"


def _render_volume(size: int) -> bytes:
    moment = b"0" * 16 + b"\0"
    head = (
        b"\1CD001\1\0"
        + b" " * 32
        + b"CONFIG".ljust(32)
        + bytes(8)
        + _both(size, 4)
        + bytes(32)
        + _both(1, 2)
        + _both(1, 2)
        + _both(_SECTOR, 2)
    )
    tables = _both(10, 4) + struct.pack("<II", 18, 0) + struct.pack(">II", 19, 0)
    names = b" " * (128 * 4 + 37 * 3)
    return head + tables + _render_entry(b"\0", _ROOT, _SECTOR, True) + names + moment * 4 + b"\1\0"
