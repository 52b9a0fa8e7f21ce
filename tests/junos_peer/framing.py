# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages of NETCONF 1.0: each ends with ]]>]]>."""

from __future__ import annotations

import asyncio
import typing as t

END = b"]]>]]>\n"
_MARK = b"]]>]]>"
LONGEST = 64 * 1024 * 1024


class Source(t.Protocol):
    async def read(self, n: int = -1) -> bytes:
        """Up to ``n`` bytes, none at the end."""


class Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._held = b""

    async def message(self) -> bytes | None:
        """The next message; None at the end of the stream."""
        searched = 0
        while True:
            at = self._held.find(_MARK, max(0, searched - len(_MARK)))
            if at >= 0:
                message, self._held = self._held[:at].strip(), self._held[at + len(_MARK) :]
                return message
            searched = len(self._held)
            if searched > LONGEST:
                raise asyncio.IncompleteReadError(self._held[:100], None)
            more = await self._source.read(65536)
            if not more:
                return None
            self._held += more
