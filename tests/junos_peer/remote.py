# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running peer as its users see it: the same calls inside a test and over the control channel."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import time
import typing as t


@dataclasses.dataclass(frozen=True)
class NodeView:
    name: str
    state: str
    booted_at: int
    boots: int
    mac_mode: bool
    synchronised: bool
    port: int
    listening: bool
    #: the node whose sessions begin at its address
    leads_to: int


class RemotePeer:
    """`ask` carries one order to the peer and brings its result."""

    def __init__(self, ask: t.Callable[..., t.Any]) -> None:
        self.ask = ask
        about = ask("describe")
        self.host: str = about["host"]
        self.ports: list[int] = about["ports"]
        self.user: str = about["user"]
        self.private_key = pathlib.Path(about["private_key"])
        self.known_hosts = pathlib.Path(about["known_hosts"])
        self.ssh_config = pathlib.Path(about["ssh_config"])
        self.password = pathlib.Path(about["password_file"]).read_text().strip()
        self.models: str = about["models"]

    def fault(self, kind: str, **details: t.Any) -> None:
        self.ask("fault", kind=kind, **details)

    def clear_faults(self) -> None:
        self.ask("clear-faults")

    def status(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", self.ask("status"))

    def node(self, number: int) -> NodeView:
        return NodeView(**self.status()["nodes"][number])

    def committed_xml(self, rollback: int = 0) -> str:
        return str(self.ask("committed", rollback=rollback))

    def candidate_xml(self) -> str:
        return str(self.ask("candidate"))

    def log(self, kind: str = "", node: int | None = None, rpc: str = "") -> list[dict[str, t.Any]]:
        return t.cast("list[dict[str, t.Any]]", self.ask("log", kind=kind, node=node, rpc=rpc))

    def requests(self, node: int | None = None) -> list[str]:
        """The names of the RPCs so far, in order."""
        return [row["rpc"] for row in self.log("rpc", node)]

    def clear_log(self) -> None:
        self.ask("clear-log")

    def wait_until(self, holds: t.Callable[[RemotePeer], bool], timeout: float = 60.0) -> None:
        """Look again and again until it holds; an error after the timeout."""
        deadline = time.monotonic() + timeout
        while not holds(self):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s; the peer shows {self.status()}")
            time.sleep(0.02)

    def wait_healthy(self, timeout: float = 60.0) -> None:
        def healthy(peer: RemotePeer) -> bool:
            status = peer.status()
            nodes = all(node["state"] == "ready" and node["synchronised"] for node in status["nodes"])
            return nodes and all(sorted(group["status"]) == ["primary", "secondary"] for group in status["groups"])

        self.wait_until(healthy, timeout)

    @contextlib.contextmanager
    def netconf(self, node: int = 0, device: str = "junos", **more: t.Any) -> t.Iterator[t.Any]:
        """An ncclient session with the node, by key, its host key checked."""
        from ncclient import NCClientError, manager

        settings: dict[str, t.Any] = {
            "host": self.host,
            "port": self.ports[node],
            "username": self.user,
            "key_filename": str(self.private_key),
            "hostkey_verify": True,
            "ssh_config": str(self.ssh_config),
            "look_for_keys": False,
            "allow_agent": False,
            "device_params": {"name": device},
            "timeout": 30,
        }
        session = manager.connect(**{**settings, **more})
        try:
            yield session
        finally:
            # The session may be dead by now, which is what some tests are about.
            with contextlib.suppress(NCClientError, OSError):
                session.close_session()
