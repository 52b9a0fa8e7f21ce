# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster in memory that answers NETCONF requests one by one, with a fault at any of them.

It stands for the connection of a task: what it raises and returns is what Ansible's connection raises and returns.
The Junos peer proves the same over SSH; this one is fast enough to try every fault at every request.
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from ansible.module_utils.connection import ConnectionError

STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")
HEAD = '<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">'


@dataclasses.dataclass
class Entry:
    seconds: int
    statements: frozenset[str]
    comment: str = ""
    log: str = ""
    pending: bool = False


@dataclasses.dataclass
class Box:
    """Both nodes, one configuration database, a clock that tests move."""

    now: int = 10_000
    booted_at: dict[str, int] = dataclasses.field(default_factory=lambda: {"node0": 5_000, "node1": 5_000})
    history: list[Entry] = dataclasses.field(default_factory=lambda: [Entry(1_000, frozenset())])
    #: seconds that each node's clock is ahead of the box's, by which commits are told
    ahead: dict[str, int] = dataclasses.field(default_factory=dict)
    candidate: frozenset[str] = frozenset()
    foreign: str = ""
    locked_by: t.Optional[int] = None
    session: int = 1
    user: t.Optional[str] = "u"
    alive: bool = True
    deadline: t.Optional[int] = None
    requested: list[str] = dataclasses.field(default_factory=list)
    #: (number of the request, kind): before or after it took effect the session dies, garbage comes back, or Junos refuses
    fault: t.Optional[tuple[int, str]] = None
    unreachable: bool = False
    release: str = "24.4R1.9"
    command_timeout: int = 30
    #: has the collection's netconf plugin
    pipelines: bool = False
    #: locks although somebody has changes in the candidate
    lenient: bool = False

    @property
    def committed(self) -> frozenset[str]:
        return self.history[0].statements

    # what a task calls
    def rpc(self, request: str) -> str:
        self._expire()
        if self.unreachable:
            raise ConnectionError("Could not open socket to 192.0.2.1:830")
        if not self.alive:
            raise ConnectionError("Not connected to NETCONF server")
        self.requested.append(request)
        number, kind = self.fault or (-1, "")
        hit = number == len(self.requested) - 1
        if hit and kind == "refused":
            raise ConnectionError(_error("something is wrong"))
        if hit and kind == "dies before":
            self._end()
            raise ConnectionError("Unexpected session close")
        reply = self._answer(request)
        if hit and kind == "dies after":
            self._end()
            raise ConnectionError("Unexpected session close")
        if hit and kind == "garbage":
            return "<rpc-reply><half"
        if hit and kind == "empty":
            return ""
        self.now += 1
        return reply

    def rpc_pipelined(self, requests: list[str], timeout: float) -> str:
        if not self.pipelines:
            raise ConnectionError("Method not found")
        return json.dumps([self._reply_as_it_came(request) for request in requests])

    def _reply_as_it_came(self, request: str) -> str:
        """Errors stand in the reply, and only a lost session is an exception."""
        try:
            return self.rpc(request)
        except ConnectionError as failure:
            if not str(failure).startswith("<"):
                raise
            return f"<rpc-reply>{failure}</rpc-reply>"

    def get_capabilities(self) -> str:
        return json.dumps({"session_id": self.session})

    def get_option(self, name: str) -> t.Optional[str]:
        return {"remote_user": self.user, "persistent_command_timeout": str(self.command_timeout)}.get(name)

    def set_option(self, name: str, value: int) -> None:
        """Two options change: the patience of the helper, which then ends with its session, and the time for an answer."""
        if name == "persistent_command_timeout":
            self.command_timeout = value
            return
        assert (name, value) == ("persistent_connect_timeout", 1)
        self.reset()

    def reset(self) -> None:
        self._end()
        self.session += 1
        self.alive = True

    # what tests do
    def reboot(self) -> None:
        self.now += 100
        self._end()
        self.reset()
        self.booted_at = dict.fromkeys(self.booted_at, self.now)

    def wait(self, seconds: int) -> None:
        self.now += seconds
        self._expire()

    # the box itself
    def _end(self) -> None:
        if self.locked_by == self.session:
            self.locked_by = None
            self.candidate = self.committed
        self.alive = False

    def _expire(self) -> None:
        if self.deadline is not None and self.now >= self.deadline:
            self._commit(Entry(self.deadline, self.history[1].statements, "rollback"))
            self.candidate = self.committed

    def _commit(self, entry: Entry) -> None:
        for row in self.history:
            row.pending = False
        self.history.insert(0, entry)
        self.deadline = None

    def _answer(self, request: str) -> str:
        for pattern, answer in self._ANSWERS:
            if re.match(pattern, request):
                return answer(self, request)
        raise ConnectionError(_error(f"syntax error: {request}"))

    def _configuration(self, _request: str) -> str:
        leaves = "".join(f"<{name}/>" for name in sorted(self.committed))
        return (
            f'{HEAD}<configuration junos:commit-seconds="{self.history[0].seconds}"><system><host-name>a</host-name></system>'
            f"<chassis><cluster>{leaves}</cluster></chassis></configuration></rpc-reply>"
        )

    def _compared(self, new: frozenset[str], old: frozenset[str]) -> str:
        lines = [f"+   {name};" for name in sorted(new - old)] + [f"-   {name};" for name in sorted(old - new)]
        text = "\n".join(["[edit chassis cluster]", *lines]) if lines else ""
        output = f"<configuration-output>{text}{{}}</configuration-output>"
        return f"{HEAD}<configuration-information>{output}</configuration-information></rpc-reply>"

    def _compare(self, request: str) -> str:
        requested = re.search(r'rollback="(\d+)"', request)
        assert requested is not None, request
        number = int(requested[1])
        if "committed" in request:
            return self._compared(self.committed, self.history[number].statements).format("")
        return self._compared(self.candidate, self.history[number].statements).format(self.foreign)

    def _commits(self, _request: str) -> str:
        rows = "".join(
            f"<commit-history><sequence-number>{number}</sequence-number><user>u</user><date-time junos:seconds='{row.seconds}'/>"
            f"<comment>{row.comment}</comment><log>{row.log}</log>"
            + ("<commit-confirmed>rollback pending</commit-confirmed>" if row.pending else "")
            + "</commit-history>"
            for number, row in enumerate(self.history)
        )
        return f"{HEAD}<commit-information>{rows}</commit-information></rpc-reply>"

    def _lock(self, _request: str) -> str:
        if self.locked_by not in (None, self.session):
            raise ConnectionError(_error("configuration database locked by another"))
        if self.foreign and not self.lenient:
            raise ConnectionError(_error("configuration database modified"))
        self.locked_by = self.session
        return f"{HEAD}<ok/></rpc-reply>"

    def _unlock(self, _request: str) -> str:
        self.locked_by = None
        return f"{HEAD}<ok/></rpc-reply>"

    def _load(self, request: str) -> str:
        assert self.locked_by == self.session
        for name in STATEMENTS:
            if re.search(f'<{name} delete="delete"', request):
                self.candidate -= {name}
            elif f"<{name} />" in request:
                self.candidate |= {name}
        return f"{HEAD}<load-configuration-results><ok/></load-configuration-results></rpc-reply>"

    def _discard(self, _request: str) -> str:
        self.candidate = self.committed
        self.foreign = ""
        return f"{HEAD}<load-configuration-results><ok/></load-configuration-results></rpc-reply>"

    def _do_commit(self, request: str) -> str:
        assert not self.foreign, "somebody's changes were committed along"
        if "<check/>" not in request:
            log = (re.search("<log>(.*)</log>", request) or ["", ""])[1]
            minutes = re.search(r"<confirm-timeout>(\d+)<", request)
            if minutes:
                comment = f"commit confirmed, rollback in {minutes[1]}mins"
                self._commit(Entry(self.now, self.candidate, comment, log, True))
                self.deadline = self.now + int(minutes[1]) * 60
            else:
                self._commit(Entry(self.now, self.candidate, "", log))
        return f"{HEAD}<commit-results><routing-engine><name>node0</name><commit-success/></routing-engine></commit-results></rpc-reply>"

    def _both(self, text: str) -> str:
        items = "".join(
            f"<multi-routing-engine-item><re-name>{name}</re-name>"
            f"{text.format(host='ab'[number], booted=booted + ahead, now=self.now + ahead)}</multi-routing-engine-item>"
            for number, (name, booted) in enumerate(self.booted_at.items())
            for ahead in (self.ahead.get(name, 0),)
        )
        return f"{HEAD}<multi-routing-engine-results>{items}</multi-routing-engine-results></rpc-reply>"

    def _software(self, _request: str) -> str:
        return self._both(
            "<software-information><host-name>{host}</host-name><product-model>vSRX</product-model>"
            f"<junos-version>{self.release}</junos-version></software-information>"
        )

    def _uptime(self, _request: str) -> str:
        return self._both(
            '<system-uptime-information><current-time><date-time junos:seconds="{now}"/></current-time>'
            '<system-booted-time><date-time junos:seconds="{booted}"/></system-booted-time></system-uptime-information>'
        )

    def _status(self, _request: str) -> str:
        devices = "".join(
            f"<device-name>{name}</device-name><device-priority>{priority}</device-priority>"
            f"<redundancy-group-status>{state}</redundancy-group-status><monitor-failures>None</monitor-failures>"
            for name, priority, state in (("node0", 200, "primary"), ("node1", 100, "secondary"))
        )
        group = f"<redundancy-group><redundancy-group-id>0</redundancy-group-id><device-stats>{devices}</device-stats></redundancy-group>"
        return f"{HEAD}<chassis-cluster-status><cluster-id>1</cluster-id>{group}</chassis-cluster-status></rpc-reply>"

    def _interfaces(self, _request: str) -> str:
        return f"{HEAD}<interface-information/></rpc-reply>"

    _ANSWERS: t.ClassVar[list[tuple[str, t.Callable[[Box, str], str]]]] = [
        ("<get-configuration.* compare=", _compare),
        ("<get-configuration", _configuration),
        ("<get-commit-information", _commits),
        ("<get-software", _software),
        ("<get-system-uptime", _uptime),
        ("<get-chassis-cluster-status", _status),
        ("<get-interface", _interfaces),
        ("<lock", _lock),
        ("<unlock", _unlock),
        ('<load-configuration rollback="0"', _discard),
        ("<load-configuration", _load),
        ("<commit-configuration", _do_commit),
    ]


def _error(message: str) -> str:
    return f"<rpc-error><error-severity>error</error-severity><error-message>{message}</error-message></rpc-error>"
