# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KVM hosts that are only a folder: a made-up /sys, an `ip` that answers from files, and libvirt's test driver.

Ansible reaches one over a local connection: its "interpreter" is a script that enters a mount namespace where the folder's files are
/sys, /run, /var/lib, systemd's units and ip, and then is Python. So nothing of this machine is read or changed, and hosts do not see
each other.
"""

from __future__ import annotations

import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import typing as t

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests"))

from support.fake_host import FakeHost, FakeIp

IP = str(pathlib.Path(shutil.which("ip", path="/usr/sbin:/usr/bin:/sbin:/bin") or "/usr/bin/ip").resolve())
NODE = """<node>
  <cpu><mhz>2000</mhz><model>x86_64</model><active>4</active><nodes>1</nodes><sockets>1</sockets><cores>4</cores><threads>1</threads></cpu>
  <memory>67108864</memory>
  {domains}
</node>
"""
DOMAIN = """<domain type='test'>
  <name>{name}</name><memory>4194304</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <interface type='user'><mac address='52:54:{mac}:00'/><model type='virtio'/></interface>
    <interface type='user'><mac address='52:54:{mac}:01'/><model type='virtio'/></interface>
    <interface type='user'><mac address='52:54:{mac}:02'/><model type='virtio'/></interface>
  </devices>
</domain>
"""
# Each connection to the test driver is a libvirt of its own, so what the module makes of a domain is kept for the next one.
CONVERGE = """
import json, sys
import libvirt
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.host_reader import PortHostReader
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.module import converge
given = json.load(sys.stdin)
kept = libvirt.open(given["uri"])
class Shared:
    def close(self): pass
    def __getattr__(self, name): return getattr(kept, name)
libvirt.open = lambda uri: Shared()
for name, ports in given["ports"].items():
    options = dict(name=name, ports=ports, state="present", exclusive=True, power="refuse", shutdown_timeout=1, force_off=False)
    converge({**given, **options, "cluster_node": int(name[-1]), "state_dir": "/var/lib/vsrx-sriov"}, PortHostReader(), False)
print(json.dumps([domain.XMLDesc(2) for domain in kept.listAllDomains()]))
"""


def make(folder: pathlib.Path, pfs: int = 2, vfs: int = 4, others: int = 0, number: int = 0) -> dict[str, t.Any]:
    """A host with its VFs made and two domains, node0 and node1, with a VF of each PF; ``others`` hold nothing. What Ansible must know."""
    host = FakeHost(folder)
    names = [f"eno{index + 2}" for index in range(pfs)]
    for index, name in enumerate(names):
        host.pf(f"0000:{0x10 + 2 * index:02x}:00.0", name, total=vfs, offset=256, mac=f"52:54:00:00:00:{index:02x}", vfs=vfs)
    for path in ("run", "var/lib", "etc/systemd/system", "ip", "bin"):
        (folder / path).mkdir(parents=True)
    ip = FakeIp(host)
    for name in names:
        ip(["link", "set", "dev", name, "up"])
    for name in (path.name for path in host.net.iterdir()):
        (folder / "ip" / name).write_text(ip(["-d", "-j", "link", "show", "dev", name])[1])
    (folder / "ip" / "addr").write_text("[]")
    ip_files = shlex.quote(str(folder / "ip"))
    _script(folder / "bin" / "ip", f'for last; do :; done; [ "$last" = show ] && last=addr; exec cat {ip_files}/"$last"')
    places = {"sys": "/sys", "run": "/run", "var/lib": "/var/lib", "etc/systemd/system": "/etc/systemd/system", "bin/ip": IP}
    inside = " && ".join(f"mount --bind {shlex.quote(str(folder / path))} {place}" for path, place in places.items())
    python = folder / "bin" / "python"
    enter = shlex.quote(inside + " && exec " + shlex.quote(sys.executable) + ' "$@"')
    _script(python, f'exec unshare --mount sh -c {enter} python "$@"')
    mac = f"02:5a:{number // 256:02x}:{number % 256:02x}:{{node:02x}}:{{index:02x}}"
    ports = {
        f"node{node}": [{"pf": name, "index": node, "mac": mac.format(node=node, index=index)} for index, name in enumerate(names[:2])]
        for node in (0, 1)
    }
    _libvirt(folder, python, ports, others)
    return {
        "ports": ports,
        "kvm": {
            "ansible_connection": "local",
            "ansible_python_interpreter": str(python),
            "sriov_host_pfs": [{"pf": name, "num_vfs": vfs, "up": True} for name in names],
        },
        "uri": f"test://{folder / 'libvirt.xml'}",
    }


def _libvirt(folder: pathlib.Path, python: pathlib.Path, ports: dict[str, list[dict[str, t.Any]]], others: int) -> None:
    names = [*ports, *(f"other{number}" for number in range(others))]
    bare = [DOMAIN.format(name=name, mac=f"00:{number // 256:02x}:{number % 256:02x}") for number, name in enumerate(names)]
    file = folder / "libvirt.xml"
    file.write_text(NODE.format(domains="\n".join(map(_off, bare))))
    given = json.dumps({"uri": f"test://{file}", "ports": ports})
    done = subprocess.run([python, "-c", CONVERGE], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    file.write_text(NODE.format(domains="\n".join(map(_off, json.loads(done.stdout)))))


def _off(domain: str) -> str:
    """The test driver starts what it reads unless it is told not to."""
    domain = domain.replace("<domain type='test'", "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'")
    return domain.replace("</domain>", "<test:runstate>5</test:runstate></domain>")


def _script(path: pathlib.Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
