# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host keys, the client's key and password, and what clients need to check and use them; all in the state folder."""

from __future__ import annotations

import pathlib
import secrets

import asyncssh

from .files import write


class Keys:
    users = ("ansible", "root")

    def __init__(self, folder: pathlib.Path, nodes: int) -> None:
        self._folder = folder
        for number in range(nodes):
            _pair(folder / f"host_key_node{number}")
        _pair(self.private)
        if not self.password_file.exists():
            write(self.password_file, secrets.token_urlsafe(16) + "\n", private=True)
        write(self.authorized, self.private.with_suffix(".pub").read_text())
        self.password = self.password_file.read_text().strip()

    def host(self, node: int) -> pathlib.Path:
        return self._folder / f"host_key_node{node}"

    @property
    def private(self) -> pathlib.Path:
        return self._folder / "id_ed25519"

    @property
    def password_file(self) -> pathlib.Path:
        return self._folder / "password"

    @property
    def authorized(self) -> pathlib.Path:
        return self._folder / "authorized_keys"

    @property
    def known_hosts(self) -> pathlib.Path:
        return self._folder / "known_hosts"

    @property
    def ssh_config(self) -> pathlib.Path:
        return self._folder / "ssh_config"

    def publish(self, host: str, ports: list[int]) -> None:
        """known_hosts and an ssh_config that names it."""
        lines = []
        for number, port in enumerate(ports):
            kind, key = self.host(number).with_suffix(".pub").read_text().split()[:2]
            lines.append(f"[{host}]:{port} {kind} {key}\n")
        write(self.known_hosts, "".join(lines))
        write(
            self.ssh_config,
            f"Host {host}\n  UserKnownHostsFile {self.known_hosts}\n  StrictHostKeyChecking yes\n"
            f"  IdentityFile {self.private}\n  IdentitiesOnly yes\n",
        )


def _pair(path: pathlib.Path) -> None:
    if path.exists():
        return
    key = asyncssh.generate_private_key("ssh-ed25519")
    write(path.with_suffix(".pub"), key.export_public_key().decode())
    write(path, key.export_private_key().decode(), private=True)
