# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import os
import typing as t

# Whatever a file of the kernel's may answer when its object is absurd, unsupported or just gone.
_CHUNK = 65536
#: an attribute in sysfs comes in pages, so that less than one is its end; a table in /proc comes in whole lines, so that less says nothing
_PAGE = 4096


class Tree:
    """The kernel's files under a root; what is not there, or can not be read, is None or empty."""

    def __init__(self, root: str = "/") -> None:
        self.root = root.rstrip("/")

    def path(self, path: str) -> str:
        return self.root + path

    def data(self, path: str) -> t.Optional[bytes]:
        try:
            handle = os.open(self.root + path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            data = part = os.read(handle, _CHUNK)
            while len(part) >= (_PAGE if path.startswith("/sys/") else 1):
                part = os.read(handle, _CHUNK)
                data += part
            return data
        except OSError:
            return None
        finally:
            os.close(handle)

    def text(self, path: str) -> t.Optional[str]:
        data = self.data(path)
        return data.decode("utf-8", "replace").strip() if data is not None else None

    def number(self, path: str) -> t.Optional[int]:
        """A number in decimal, or in hex with 0x."""
        try:
            return int(self.text(path) or "", 0)
        except ValueError:
            return None

    def flag(self, path: str) -> t.Optional[bool]:
        number = self.number(path)
        return bool(number) if number is not None else None

    def target(self, path: str) -> t.Optional[str]:
        """The last part of what a link points to."""
        try:
            return os.readlink(self.root + path).rpartition("/")[2]  # noqa: PTH115 (pathlib costs three times as much here)
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self.root + path))  # noqa: PTH208
        except OSError:
            return []

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.root + path)
