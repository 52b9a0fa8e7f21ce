# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The files of the kernel and of distributions under a root. What is not there, cannot be read, or is no regular file, is None or empty."""

from __future__ import annotations

import os
import re
import stat
import typing as t

DEVICES = "/sys/bus/pci/devices"
NET = "/sys/class/net"
_CHUNK = 65536
#: an attribute in sysfs comes in pages, so that less than one is its end; a table in /proc comes in whole lines, so that less says nothing
_PAGE = 4096
#: the longest file that is read: pci.ids and modules.alias are about 1.5 MB; a table of routes may be longer
LONGEST = 32 * 1024 * 1024
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19})")


class RootFs:
    """The files under a root; "/" but in tests."""

    def __init__(self, root: str = "/") -> None:
        self.root = root.rstrip("/")

    def locate(self, path: str) -> str:
        """Return where one of the host's files is."""
        return self.root + path

    def read_bytes(self, path: str, longest: int = LONGEST) -> t.Optional[bytes]:
        """Return what is in a regular file; None for one that is longer, and for a FIFO or a device, which could block."""
        try:
            handle = os.open(self.root + path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (OSError, ValueError):
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            parts = [os.read(handle, _CHUNK)]
            length = len(parts[0])
            while len(parts[-1]) >= (_PAGE if path.startswith("/sys/") else 1):
                if length > longest:
                    return None
                parts.append(os.read(handle, _CHUNK))
                length += len(parts[-1])
            return b"".join(parts)
        except OSError:
            return None
        finally:
            os.close(handle)

    def read_text(self, path: str, longest: int = LONGEST) -> t.Optional[str]:
        """Return the text of a file without white space around it."""
        data = self.read_bytes(path, longest)
        return data.decode("utf-8", "replace").strip() if data is not None else None

    def read_number(self, path: str) -> t.Optional[int]:
        """Return a number in decimal, or in hex with 0x."""
        text = self.read_text(path) or ""
        if not _NUMBER.fullmatch(text):
            return None
        return int(text, 16 if "x" in text.lower() else 10)

    def read_flag(self, path: str) -> t.Optional[bool]:
        """Return whether a file holds a number other than 0."""
        number = self.read_number(path)
        return bool(number) if number is not None else None

    def read_link(self, path: str) -> t.Optional[str]:
        """Return the last part of what a link points to."""
        try:
            return os.readlink(self.root + path).rpartition("/")[2]  # noqa: PTH115 (pathlib costs three times as much here)
        except (OSError, ValueError):
            return None

    def list_names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        try:
            return sorted(os.listdir(self.root + path))  # noqa: PTH208
        except (OSError, ValueError):
            return []

    def exists(self, path: str) -> bool:
        """Tell whether something of that name is there, be it a link that leads nowhere."""
        try:
            return os.path.lexists(self.root + path)
        except ValueError:
            return False
