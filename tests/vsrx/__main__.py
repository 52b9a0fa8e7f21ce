# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m vsrx IMAGE`: boot two nodes, form the cluster, run the role twice, and pack the record into one file."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import typing as t

import asyncssh
import yaml
from junos_peer.record import REQUESTS
from junos_peer.recording import Exchange

from . import machines, shapes
from .proxy import Proxy

PLAYBOOK: list[dict[str, t.Any]] = [
    {
        "hosts": "vsrx_nodes",
        "gather_facts": False,
        "tasks": [{"name": "The Junos side of site", "ansible.builtin.include_role": {"name": "vsrx.sriov.vsrx_cluster"}}],
    }
]
#: what a run brings beside the record, for the one who reads it
PARTS = ("summary.json", "shapes.txt", "recording.jsonl", "first-run.txt", "second-run.txt")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="vsrx", description=__doc__)
    parser.add_argument("image", type=pathlib.Path, help="disk image of a vSRX 3.0 for KVM, as Juniper offers it; it is not written to")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("vsrx-trial.tar.gz"), help="the one file to send")
    parser.add_argument("--keep", type=pathlib.Path, help="a new folder for disks, consoles and keys; without it they are removed")
    parser.add_argument("--minutes", type=float, default=45, help="how long a boot, and forming the cluster, may take")
    parser.add_argument("--memory", type=int, default=4096, help="MiB of each node")
    parser.add_argument("--machine", default="pc", help="machine type of QEMU")
    parser.add_argument("--qemu", default="qemu-system-x86_64", help="the program that runs a machine")
    chosen = parser.parse_args(arguments)
    for path, wanted in ((chosen.image, chosen.image.is_file()), (chosen.keep, chosen.keep is None or not chosen.keep.exists())):
        if not wanted:
            parser.error(f"{path}: expected {'the file of an image' if path == chosen.image else 'a folder that does not exist yet'}")
    for program in (chosen.qemu, "qemu-img", "ansible-playbook"):
        if shutil.which(program) is None:
            parser.error(f"{program} is not installed; Debian has it in qemu-system-x86, qemu-utils, or `make setup` brings it")
    with contextlib.ExitStack() as stack:
        folder = chosen.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vsrx-trial-")))
        folder.mkdir(exist_ok=True, mode=0o700, parents=True)
        return asyncio.run(try_image(chosen, folder.absolute()))


async def try_image(chosen: argparse.Namespace, folder: pathlib.Path) -> int:
    """The whole trial; 0 where the second run changed nothing and both succeeded. The file is written whatever came of them."""
    key = folder / "id_rsa"
    pair = asyncssh.generate_private_key("ssh-rsa", key_size=3072)
    pair.write_private_key(str(key))
    key.chmod(0o600)
    pair.write_public_key(f"{key}.pub")
    nodes = [_make_machine(number, folder, links) for number, links in enumerate(_pair_links())]
    exchanges: list[Exchange] = []
    summary: dict[str, t.Any] = {"image": chosen.image.name, "started_at": int(time.time())}
    seconds = chosen.minutes * 60
    try:
        for node in nodes:
            node.prepare(chosen.image, pair.export_public_key().decode())
            node.start(node.render_command(chosen.qemu, chosen.machine, chosen.memory))
        _say("Waiting for NETCONF of both nodes")
        await machines.wait_for(nodes, key, seconds, "the boot", machines.is_answer)
        _say("Waiting for the cluster")
        summary["cluster_was_formed"] = await machines.form_cluster(nodes, key, seconds)
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        proxies = [Proxy(node.number, node.port, key, host_key, exchanges) for node in nodes]
        ports = [await proxy.start() for proxy in proxies]
        try:
            _write_inventory(folder, key, host_key, ports, chosen.minutes)
            for node, port in zip(nodes, ports):
                _say(f"Recording what node {node.number} answers to every request that only reads")
                for request in REQUESTS:
                    await machines.ask(port, key, request)
            summary["runs"] = [await _run_role(folder, name) for name in ("first-run", "second-run")]
        finally:
            for proxy in proxies:
                await proxy.stop()
    finally:
        for node in nodes:
            node.stop()
    differences = await asyncio.to_thread(lambda: shapes.compare_shapes(exchanges, shapes.ask_peer(exchanges)))
    summary["exchanges"], summary["requests_with_other_shapes"] = len(exchanges), len(differences)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    (folder / "shapes.txt").write_text(shapes.render(differences))
    (folder / "recording.jsonl").write_text("".join(f"{exchange.line()}\n" for exchange in exchanges))
    with tarfile.open(chosen.out, "w:gz") as packed:
        for name in PARTS:
            packed.add(folder / name, f"vsrx-trial/{name}")
    print(shapes.render(differences))
    first, second = summary["runs"]
    good = first["code"] == second["code"] == 0 and second["changed"] == 0
    _say(f"{len(exchanges)} replies, {len(differences)} requests with other shapes; first run {first}, second run {second}")
    _say(f"{chosen.out} has it all. Secrets are removed from it, addresses and names are not: look at it before you send it")
    return 0 if good else 1


def _pair_links() -> list[list[tuple[int, int]]]:
    ports = machines.find_free_ports(socket.SOCK_DGRAM, 2 * len(machines.LINKS))
    pairs = list(zip(ports[::2], ports[1::2]))
    return [pairs, [(other, own) for own, other in pairs]]


def _make_machine(number: int, folder: pathlib.Path, links: list[tuple[int, int]]) -> machines.Machine:
    (port,) = machines.find_free_ports(socket.SOCK_STREAM, 1)
    return machines.Machine(number, folder / f"node{number}", port, links)


def _write_inventory(folder: pathlib.Path, key: pathlib.Path, host_key: asyncssh.SSHKey, ports: list[int], minutes: float) -> None:
    public = host_key.export_public_key().decode().strip()
    (folder / "known_hosts").write_text("".join(f"[{machines.HOST}]:{port} {public}\n" for port in ports))
    (folder / "ssh_config").write_text(
        f"Host {machines.HOST}\n  UserKnownHostsFile {folder / 'known_hosts'}\n  StrictHostKeyChecking yes\n"
        f"  IdentityFile {key}\n  IdentitiesOnly yes\n"
    )
    hosts = {
        f"vsrx1-node{number}": {"ansible_host": machines.HOST, "ansible_port": port, "vsrx_cluster_node": number}
        for number, port in enumerate(ports)
    }
    variables = {
        "ansible_connection": "ansible.netcommon.netconf",
        "ansible_network_os": "vsrx.sriov.vsrx",
        "ansible_user": machines.USER,
        "ansible_ssh_private_key_file": str(key),
        "ansible_netconf_ssh_config": str(folder / "ssh_config"),
        "ansible_host_key_checking": True,
        "ansible_command_timeout": 180,
        "vsrx_cluster": "vsrx1",
        "vsrx_cluster_restart": "simultaneous",
        "vsrx_cluster_boot_timeout": int(minutes * 60),
    }
    inventory = {"vsrx_nodes": {"children": {"vsrx1": {"hosts": hosts, "vars": variables}}}}
    (folder / "inventory.yml").write_text(yaml.safe_dump(inventory))
    (folder / "playbook.yml").write_text(yaml.safe_dump(PLAYBOOK))


async def _run_role(folder: pathlib.Path, name: str) -> dict[str, int]:
    """The role's exit status and how many tasks changed anything; its output stays in a file."""
    _say(f"Running the role: {name}")
    command = ["ansible-playbook", "-i", str(folder / "inventory.yml"), str(folder / "playbook.yml")]
    with (folder / f"{name}.txt").open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        code = await process.wait()
    text = (folder / f"{name}.txt").read_text(errors="replace")
    counts = [word.partition("=")[2] for word in text.split() if word.startswith("changed=")]
    return {"code": code, "changed": sum(int(count) for count in counts if count.isdigit())}


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
