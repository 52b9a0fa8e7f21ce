# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import pathlib
import sys
import typing as t

from . import daemon
from .control import ask
from .faults import KINDS
from .inventory import about, inventory
from .options import PERSONALITIES, Options
from .states import STATES


def main(arguments: list[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.work(parsed) or 0)
    except (ConnectionError, FileNotFoundError) as failure:
        if not hasattr(parsed, "state_dir"):
            raise SystemExit(str(failure)) from None
        raise SystemExit(f"no peer runs with the state folder {parsed.state_dir} ({failure})") from None
    except ValueError as failure:
        raise SystemExit(str(failure)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="junos_peer", description="A NETCONF peer that behaves like a vSRX chassis cluster.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument(
        "--state-dir", type=pathlib.Path, required=True, metavar="DIR", help="keys, ports, configuration and log of this peer"
    )

    serve = commands.add_parser("serve", parents=[folder], help="start a peer; Ctrl-C or `stop` ends it")
    serve.add_argument("--daemon", action="store_true", help="return once it is ready, and leave it running")
    serve.add_argument("--node0-port", type=int, default=0, help="0 lets the system choose")
    serve.add_argument("--node1-port", type=int, default=0)
    serve.add_argument("--personality", choices=PERSONALITIES, default="cluster")
    serve.add_argument("--release", default="24.4R1.9")
    serve.add_argument("--model", default="vSRX")
    serve.add_argument("--rfc-compliant", action="store_true", help="answer as a box with `system services netconf rfc-compliant`")
    serve.add_argument("--config", type=pathlib.Path, help="the committed configuration at the first start, as Junos XML")
    serve.add_argument("--topology", type=pathlib.Path, help="ports and their MAC addresses, YAML or JSON")
    serve.add_argument("--boot-delay", type=float, default=3.0, help="seconds that a reboot takes")
    serve.add_argument("--sync-delay", type=float, default=2.0, help="seconds from then until the node is synchronised")
    serve.add_argument("--time-scale", type=float, default=1.0, help="how much faster all timers run")
    serve.add_argument("--replay", type=pathlib.Path, metavar="FILE", help="answer with what `record` wrote, where it has the request")
    serve.set_defaults(work=_serve)

    record = commands.add_parser("record", help="write down what a real vSRX answers to requests that only read")
    record.add_argument("--host", required=True)
    record.add_argument("--port", type=int, default=830)
    record.add_argument("--user", required=True)
    record.add_argument("--node", type=int, choices=(0, 1), default=0, help="which node of its cluster it is")
    record.add_argument("--key", help="private key; without it an agent's keys or the default ones are tried")
    record.add_argument("--password-file", type=pathlib.Path)
    record.add_argument("--known-hosts", help="default ~/.ssh/known_hosts; the host key is always checked")
    record.add_argument("--out", type=pathlib.Path, required=True, help="file to append to; secrets are removed, addresses are not")
    record.set_defaults(work=_record)

    made = commands.add_parser("inventory", parents=[folder], help="print an Ansible inventory with the nodes")
    made.add_argument("--cluster", default="vsrx1", help="name of the cluster")
    made.set_defaults(work=lambda parsed: print(inventory(about(parsed.state_dir), parsed.cluster), end=""))

    kinds = "\n".join(
        f"  {name:16} {text}" for name, text in sorted({**KINDS, **{k: (v.__doc__ or "") for k, v in STATES.items()}}.items())
    )
    fault = commands.add_parser(
        "fault",
        parents=[folder],
        help="order a fault",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"kinds:\n{kinds}\n\nexample: fault --state-dir D drop-mid rpc=commit-configuration nth=2",
    )
    fault.add_argument("kind", help="one of those below, or `clear`")
    fault.add_argument("details", nargs="*", metavar="NAME=VALUE")
    fault.set_defaults(work=_fault)

    log = commands.add_parser("log", parents=[folder], help="every request, commit and reboot, a line of JSON each")
    log.add_argument("--kind", default="", help="rpc, commit, reboot, session, ...")
    log.add_argument("--rpc", default="")
    log.add_argument("--node", type=int)
    log.set_defaults(work=_log)

    commands.add_parser("status", parents=[folder], help="nodes, redundancy groups, database").set_defaults(work=_status)
    commands.add_parser("committed", parents=[folder], help="the committed configuration").set_defaults(
        work=lambda parsed: print(_ask(parsed, "committed"), end="")
    )
    commands.add_parser("stop", parents=[folder], help="end the peer").set_defaults(work=daemon.stop)
    return parser


def _serve(parsed: argparse.Namespace) -> int:
    options = Options(
        state_dir=parsed.state_dir.absolute(),
        personality=parsed.personality,
        release=parsed.release,
        model=parsed.model,
        rfc_compliant=parsed.rfc_compliant,
        config=parsed.config,
        topology=parsed.topology,
        replay=parsed.replay,
        ports=(parsed.node0_port, parsed.node1_port),
        boot_delay=parsed.boot_delay,
        sync_delay=parsed.sync_delay,
        time_scale=parsed.time_scale,
    )
    return daemon.serve(options, parsed.daemon)


def _record(parsed: argparse.Namespace) -> None:
    from .record import record

    login: dict[str, t.Any] = {"known_hosts": parsed.known_hosts} if parsed.known_hosts else {}
    if parsed.key:
        login["client_keys"] = [parsed.key]
    if parsed.password_file:
        login["password"] = parsed.password_file.read_text().strip()
    number = asyncio.run(record(parsed.out, parsed.host, parsed.port, parsed.user, parsed.node, **login))
    print(f"{number} replies of {parsed.host} as node {parsed.node} are in {parsed.out}; look at it before you pass it on")


def _ask(parsed: argparse.Namespace, order: str, **details: t.Any) -> t.Any:
    return ask(pathlib.Path(about(parsed.state_dir)["control"]), order, **details)


def _fault(parsed: argparse.Namespace) -> None:
    if parsed.kind == "clear":
        _ask(parsed, "clear-faults")
        return
    details: dict[str, t.Any] = {}
    for pair in parsed.details:
        name, separator, value = pair.partition("=")
        if not separator:
            raise SystemExit(f"{pair}: expected NAME=VALUE")
        try:
            details[name] = json.loads(value)
        except ValueError:
            details[name] = value
    _ask(parsed, "fault", kind=parsed.kind, **details)


def _log(parsed: argparse.Namespace) -> None:
    for row in _ask(parsed, "log", kind=parsed.kind, node=parsed.node, rpc=parsed.rpc):
        print(json.dumps(row))


def _status(parsed: argparse.Namespace) -> None:
    json.dump(_ask(parsed, "status"), sys.stdout, indent=2)
    print()
