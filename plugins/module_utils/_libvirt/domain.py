# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""One domain of an open connection: read it, define it, stop it, start it, attach and detach devices."""

from __future__ import annotations

import enum
import time
import typing as t

from .._errors import ConflictError
from .connection import WRITE_SECONDS, Connection, LibvirtError
from .connection import library as libvirt
from .model import DomainState

_POLL_MS = 1000
#: VIR_DOMAIN_XML_SECURE and VIR_DOMAIN_XML_INACTIVE
_DEFINITION = 1 | 2


class Standing(t.NamedTuple):
    """Whether a domain runs and is defined, at one moment. ``run_id`` is another one after each start, and None while it is off."""

    run_id: t.Optional[int]
    persistent: bool
    state: DomainState
    #: the inactive XML with its secrets, where it was requested
    definition: t.Optional[str] = None

    @property
    def active(self) -> bool:
        return self.run_id is not None


class Outcome(enum.Enum):
    """What became of a request to shut down."""

    OFF = "off"
    STILL_ON = "still on"
    STARTED_AGAIN = "started again by another"


class GoneError(ConflictError):
    """The domain is there no more, or is defined no more."""


class InvalidSchemaError(LibvirtError):
    """libvirt's schema does not allow a definition, whatever libvirt itself makes of it."""


def _wait(connected: Connection, handle: t.Any, seconds: float, done: t.Callable[[], bool], event: int) -> bool:
    """Wait for a domain's events until ``done``; a timer looks again now and then, since an event can be lost."""
    deadline = time.monotonic() + seconds
    watched = connected.call(
        "watching the domain", lambda: connected.handle.domainEventRegisterAny(handle, event, lambda *unused: None, None)
    )
    timer = libvirt.virEventAddTimeout(_POLL_MS, lambda *unused: None, None)
    try:
        while not done():
            if time.monotonic() >= deadline:
                return False
            libvirt.virEventRunDefaultImpl()
        return True
    finally:
        libvirt.virEventRemoveTimeout(timer)
        connected.call("watching the domain", lambda: connected.handle.domainEventDeregisterAny(watched))


class LibvirtDomain:
    """A domain by its UUID. Every method is one or a few calls of libvirt, each with a time limit."""

    def __init__(self, connected: Connection, uuid: str, name: str) -> None:
        self._connected = connected
        self._uuid = uuid
        self._name = name
        self._handle = self._look_up()

    def _call(self, what: str, call: t.Callable[[], t.Any], seconds: t.Optional[float] = None) -> t.Any:
        where = f"domain {self._name}: {what}"
        try:
            return self._connected.call(where, call, seconds) if seconds else self._connected.call(where, call)
        except LibvirtError as failure:
            if failure.code == libvirt.VIR_ERR_NO_DOMAIN:
                raise GoneError(
                    f"domain {self._name} is there no more: it was undefined while it was looked at; nothing is done to it"
                ) from None
            if failure.code == libvirt.VIR_ERR_XML_INVALID_SCHEMA:
                raise InvalidSchemaError(failure.message, failure.code) from None
            raise

    def _look_up(self) -> t.Any:
        return self._call("looking it up", lambda: self._connected.handle.lookupByUUIDString(self._uuid))

    def look(self, *, with_definition: bool = False) -> Standing:
        """Return how the domain stands now, read at once; raises GoneError where there is none."""

        def look() -> Standing:
            # A handle keeps the id that it was looked up with.
            handle = self._connected.handle.lookupByUUIDString(self._uuid)
            run_id = handle.ID()
            number = handle.state()[0]
            state = DomainState(number) if number in list(DomainState) else DomainState.NOSTATE
            definition = str(handle.XMLDesc(_DEFINITION)) if with_definition else None
            # Last: a running domain that is not defined any more has an inactive XML all the same.
            return Standing(run_id if run_id != -1 else None, bool(handle.isPersistent()), state, definition)

        return t.cast(Standing, self._call("reading its state", look))

    def read_definition(self) -> str:
        """Return the inactive XML with its secrets, as it must be given back to be defined again."""
        return str(self._call("reading its definition", lambda: self._handle.XMLDesc(_DEFINITION)))

    def read_live_xml(self) -> str:
        return str(self._call("reading its live XML", lambda: self._handle.XMLDesc(0)))

    def define(self, xml: str, *, validate: bool) -> None:
        """Give the domain a new definition. ``validate`` has libvirt check it against its schema first; raises InvalidSchemaError."""
        flags = libvirt.VIR_DOMAIN_DEFINE_VALIDATE if validate else 0
        self._call("defining it", lambda: self._connected.handle.defineXMLFlags(xml, flags), WRITE_SECONDS)

    def start(self) -> None:
        self._call("starting it", self._handle.create, WRITE_SECONDS)

    def destroy(self, run_id: t.Optional[int]) -> bool:
        """Switch off the run that is meant; False where that is over, whatever runs now."""
        if run_id is None or self.look().run_id != run_id:
            return False
        self._call("switching it off", self._handle.destroy, WRITE_SECONDS)
        return True

    def shut_down(self, run_id: t.Optional[int], seconds: float) -> Outcome:
        """Ask the guest of this run to shut down and wait for it."""
        if self.look().run_id == run_id:
            self._call("shutting it down", self._handle.shutdown, WRITE_SECONDS)
        if not self._wait(seconds, lambda: self.look().run_id != run_id, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE):
            return Outcome.STILL_ON
        return Outcome.STARTED_AGAIN if self.look().active else Outcome.OFF

    def _wait(self, seconds: float, done: t.Callable[[], bool], event: int) -> bool:
        return _wait(self._connected, self._handle, seconds, done, event)

    def attach(self, xml: str) -> None:
        self._call("attaching a device", lambda: self._handle.attachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_LIVE), WRITE_SECONDS)

    def detach(self, xml: str) -> None:
        self._call("detaching a device", lambda: self._handle.detachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_LIVE), WRITE_SECONDS)

    def wait_until_gone(self, gone: t.Callable[[str], bool], seconds: float) -> bool:
        """Wait until a device is out of the live XML; False when it still is there at the deadline."""
        return self._wait(seconds, lambda: gone(self.read_live_xml()), libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED)
