# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting and ending the peer's process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from .inventory import about
from .options import Options

READY = "peer.json"


def serve(options: Options, background: bool) -> int:
    options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if _alive(options.state_dir):
        raise SystemExit(f"a peer runs with the state folder {options.state_dir} already; end it with `stop` first")
    with contextlib.suppress(FileNotFoundError):
        (options.state_dir / READY).unlink()
    if background:
        return _in_background(options.state_dir)
    asyncio.run(_run(options))
    return 0


async def _run(options: Options) -> None:
    from .peer import Peer  # here, since it brings SSH, which the short commands can do without

    peer = Peer(options)
    print(peer.models_note, file=sys.stderr, flush=True)
    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    (options.state_dir / "pid").write_text(f"{os.getpid()}\n")
    await peer.start()
    print(json.dumps(peer.describe(), indent=2))
    print(peer.keys.known_hosts.read_text(), end="", flush=True)
    try:
        await done.wait()
    finally:
        await peer.stop()
        (options.state_dir / "pid").unlink(missing_ok=True)


def _in_background(folder: pathlib.Path) -> int:
    """The same command without --daemon, in a session of its own; its words go to a file."""
    arguments = [word for word in sys.argv[1:] if word != "--daemon"]
    with (folder / "output").open("w") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "junos_peer", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(pathlib.Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])},
        )
    while not (folder / READY).exists():
        if child.poll() is not None:
            raise SystemExit(f"the peer did not start:\n{(folder / 'output').read_text()}")
        time.sleep(0.02)
    print((folder / "output").read_text().splitlines()[0], file=sys.stderr)
    print((folder / READY).read_text(), end="")
    return 0


def stop(parsed: argparse.Namespace) -> int:
    folder = parsed.state_dir
    about(folder)
    number = _alive(folder)
    if number is None:
        print("no peer runs there")
        return 0
    os.kill(number, signal.SIGTERM)
    for _attempt in range(500):
        if _alive(folder) is None:
            return 0
        time.sleep(0.02)
    raise SystemExit(f"the peer (process {number}) does not end")


def _alive(folder: pathlib.Path) -> int | None:
    """The process, if it is one of ours."""
    try:
        number = int((folder / "pid").read_text())
        command = pathlib.Path(f"/proc/{number}/cmdline").read_bytes()
    except (FileNotFoundError, ValueError):
        return None
    return number if b"junos_peer" in command else None
