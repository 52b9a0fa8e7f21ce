# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer inside a test: it runs in a thread of its own and ends with the `with` block."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import tempfile
import threading
import typing as t

from .options import Options
from .orders import carry_out
from .peer import Peer
from .remote import RemotePeer


@contextlib.contextmanager
def running_loop() -> t.Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="junos-peer", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextlib.contextmanager
def running_peer(state_dir: pathlib.Path | None = None, **options: t.Any) -> t.Iterator[RemotePeer]:
    """Options as in `Options`: personality, release, rfc_compliant, config, topology, boot_delay, sync_delay, time_scale, ..."""
    with contextlib.ExitStack() as stack:
        folder = state_dir or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="junos-peer-")))
        peer = Peer(Options(folder, **{"boot_delay": 0.3, "sync_delay": 0.2, **options}))
        loop = stack.enter_context(running_loop())

        def within(work: t.Coroutine[t.Any, t.Any, t.Any]) -> t.Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result(60)

        async def order(name: str, details: dict[str, t.Any]) -> t.Any:
            return carry_out(peer, name, details)

        try:
            within(peer.start())
            yield RemotePeer(lambda name, **details: within(order(name, details)))
        finally:
            within(peer.stop())
