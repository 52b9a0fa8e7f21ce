# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One NETCONF session: hello, framing with ]]>]]>, and one request after the other."""

from __future__ import annotations

import asyncio
import traceback
import typing as t

from lxml import etree

from .candidate import Candidate
from .errors import Complaint, DaemonError, RefusedError, xnm_error
from .faults import Fault
from .framing import END, Reader
from .hello import hello
from .replies import leaf, make
from .rpcs import Request, answer
from .tree import MalformedError, Tree, local, parse, plain

if t.TYPE_CHECKING:
    import asyncssh

    from .peer import Peer


class Session:
    def __init__(self, peer: Peer, node: int, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.peer = peer
        self.node = node
        self.number = peer.next_session()
        self.user = str(process.get_extra_info("username"))
        self.started = peer.clock.now()
        self.private: Candidate | None = None
        self.closing = False
        self._reader: Reader | None = None
        self._process = process

    def drop(self) -> None:
        """End at once, as a cut line does."""
        self._process.get_extra_info("connection").abort()

    async def run(self) -> None:
        self.peer.journal.note("session", node=self.node, session=self.number, user=self.user)
        try:
            await self._send(hello(self.number, self.user, self.peer.rfc))
            reader = self._reader = Reader(self._process.stdin)
            await reader.message()  # the client's hello
            while not self.closing:
                message = await reader.message()
                if message is None:
                    break
                await self._handle(message)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.peer.left(self)

    async def _handle(self, message: bytes) -> None:
        attributes: dict[str, str] = {}
        try:
            rpc = parse(message)
            attributes = {str(name): str(value) for name, value in rpc.attrib.items()}
            operation = next((child for child in rpc if isinstance(child.tag, str)), None)
            if local(rpc) != "rpc" or operation is None:
                raise MalformedError("no <rpc> with an operation")
        except MalformedError as failure:
            await self._send(
                self._write([Complaint(f"malformed message: {failure}", tag="malformed-message", type="rpc").xml()], attributes)
            )
            return
        await self._answer(plain(operation), attributes)

    async def _answer(self, element: Tree, attributes: dict[str, str]) -> None:
        name = str(element.tag)
        text = _readable(element)
        row = self.peer.journal.note("rpc", node=self.node, session=self.number, rpc=name, text=text, outcome="requested")
        faults = {fault.kind: fault for fault in self.peer.faults.at(name, self.node, text)}
        if faults:
            row["faults"] = sorted(faults)
        if "drop-before" in faults:
            self.drop()
            return
        if "hang" in faults:
            await self._hang()
            return
        if "slow" in faults:
            await asyncio.sleep(faults["slow"].seconds / self.peer.clock.scale)
        message = self._recorded(element, row, attributes) or self._write(self._content(name, element, row, faults), attributes)
        if "delay" in faults:
            await asyncio.sleep(faults["delay"].seconds)
        await self._reply(message, faults)

    async def _hang(self) -> None:
        """Answer nothing more, until the client leaves; then the session ends as any other, and its lock with it."""
        if self._reader is None:
            await asyncio.Event().wait()
            return
        while await self._reader.message() is not None:
            pass
        self.closing = True

    def _recorded(self, element: Tree, row: dict[str, t.Any], attributes: dict[str, str]) -> bytes | None:
        if self.peer.recording is None:
            return None
        reply = self.peer.recording.reply(self.node, element, attributes.get("message-id", ""))
        if reply is not None:
            row["outcome"] = "replayed"
        return reply

    def _content(self, name: str, element: Tree, row: dict[str, t.Any], faults: dict[str, Fault]) -> list[Tree]:
        try:
            instead = _instead(faults)
            content = answer(Request(self.peer, self, element)) if instead is None else instead
            row["outcome"] = "ok" if instead is None else "denied"
        except DaemonError as refusal:
            row["outcome"] = f"refused: {refusal}"
            content = [refusal.xml()]
        except RefusedError as refusal:
            row["outcome"] = f"refused: {refusal}"
            content = [complaint.xml() for complaint in refusal.complaints]
            if refusal.wrapper:
                content = [make(refusal.wrapper, *content, *self._error_count(refusal))]
        except Exception as failure:
            # A mistake of the peer's own must not look like a box that drops its session.
            row["outcome"] = f"peer failed: {traceback.format_exc()}"
            content = [Complaint(f"the test peer failed: {failure!r}", tag="operation-failed", type="application").xml()]
        return _with_complaints(content, faults)

    @staticmethod
    def _error_count(refusal: RefusedError) -> list[Tree]:
        return [make("load-error-count", str(len(refusal.complaints)))] if refusal.wrapper.startswith("load") else []

    async def _reply(self, message: bytes, faults: dict[str, Fault]) -> None:
        if "drop-after" in faults:
            self.drop()
            return
        if "drop-mid" in faults:
            self._process.stdout.write(message[: len(message) // 2])
            await self._process.stdout.drain()
            await asyncio.sleep(0.05)  # so that the half reply is on the wire before the reset overtakes it
            self.drop()
            return
        if "garbage" in faults:
            message = b"%s<<<&&& \x01\x02 panic: sleeping in interrupt"
        if "truncated" in faults:
            message = message[: len(message) // 2]
        if "empty" in faults:
            message = b""
        if "huge" in faults:
            filler = b"<!--" + b"x" * faults["huge"].bytes + b"-->"
            message = message.replace(b"</", filler + b"</", 1) if b"</" in message else message
        if "unclosed" in faults:
            message = message.replace(b"</routing-engine>", b"")
        await self._send(message)

    def _write(self, content: list[Tree], attributes: dict[str, str]) -> bytes:
        return self.peer.style.write(content, attributes, self.peer.rfc)

    async def _send(self, message: bytes) -> None:
        self._process.stdout.write(message + END)
        await self._process.stdout.drain()


def _instead(faults: dict[str, Fault]) -> list[Tree] | None:
    """The ordered refusal in place of the answer; the request does not take effect."""
    if "refuse" in faults:
        raise RefusedError(faults["refuse"].message)
    if "deny" in faults:
        return [xnm_error(faults["deny"].message, faults["deny"].daemon)]
    if "deny-in-output" in faults:
        return [leaf("output", f"\n{faults['deny-in-output'].message}\n")]
    if "deny-beside" in faults:
        beside = faults["deny-beside"]
        return [xnm_error(beside.message, beside.daemon), Complaint(beside.message).xml()]
    return None


def _with_complaints(content: list[Tree], faults: dict[str, Fault]) -> list[Tree]:
    """The answer with the warnings and errors beside it that were ordered, or what was ordered in its place."""
    if "warn" in faults:
        content.insert(0, Complaint(faults["warn"].message, severity="warning").xml())
    if "warn-around" in faults:
        first, last = (Complaint(faults["warn-around"].message, severity="warning").xml() for _place in range(2))
        content = [first, *content, last]
    if "error-beside" in faults:
        content.insert(0, Complaint(faults["error-beside"].message).xml())
    return content


def _readable(element: Tree) -> str:
    """The request without secrets: names and attributes only where a text might be one."""
    text = etree.tostring(element, encoding="unicode")
    return text if len(text) <= 4000 else f"{text[:4000]}..."
