# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import time
import typing as t

from .connection import Connection
from .connection import library as libvirt

_LOOK_MS = 1000


def _until(connected: Connection, handle: t.Any, seconds: float, done: t.Callable[[], bool], event: int) -> bool:
    """Wait for a domain's events until ``done``; a timer looks again now and then, since an event can be lost."""
    deadline = time.monotonic() + seconds
    watched = connected.handle.domainEventRegisterAny(handle, event, lambda *unused: None, None)
    timer = libvirt.virEventAddTimeout(_LOOK_MS, lambda *unused: None, None)
    try:
        while not done():
            if time.monotonic() >= deadline:
                return False
            libvirt.virEventRunDefaultImpl()
        return True
    finally:
        libvirt.virEventRemoveTimeout(timer)
        connected.handle.domainEventDeregisterAny(watched)


class Handle:
    """One domain of an open connection: read it, define it, stop it, start it."""

    def __init__(self, connected: Connection, uuid: str, name: str) -> None:
        self._connected = connected
        self._name = name
        self._handle = connected.ask(f"domain {name}", lambda: connected.handle.lookupByUUIDString(uuid))

    def _ask(self, what: str, call: t.Callable[[], t.Any]) -> t.Any:
        return self._connected.ask(f"domain {self._name}: {what}", call)

    @property
    def active(self) -> bool:
        return bool(self._ask("reading its state", self._handle.isActive))

    def definition(self) -> str:
        """The inactive XML with its secrets, as it must be given back to be defined again."""
        flags = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
        return str(self._ask("reading its definition", lambda: self._handle.XMLDesc(flags)))

    def live(self) -> str:
        return str(self._ask("reading its live XML", lambda: self._handle.XMLDesc(0)))

    def define(self, xml: str) -> None:
        """Give the domain a new definition; libvirt checks it against its schema first."""
        self._ask("defining it", lambda: self._connected.handle.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE))

    def start(self) -> None:
        self._ask("starting it", self._handle.create)

    def destroy(self) -> None:
        if self.active:
            self._ask("switching it off", self._handle.destroy)

    def shut_down(self, seconds: float) -> bool:
        """Ask the guest to shut down and wait for it; False when it still runs at the deadline."""
        self._ask("shutting it down", self._handle.shutdown)
        return self._wait(seconds, lambda: not self.active, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE)

    def _wait(self, seconds: float, done: t.Callable[[], bool], event: int) -> bool:
        return bool(self._ask("waiting for it", lambda: _until(self._connected, self._handle, seconds, done, event)))

    def attach(self, xml: str) -> None:
        self._ask("attaching a device", lambda: self._handle.attachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_LIVE))

    def detach(self, xml: str) -> None:
        self._ask("detaching a device", lambda: self._handle.detachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_LIVE))

    def until_gone(self, gone: t.Callable[[str], bool], seconds: float) -> bool:
        """Wait until a device is out of the live XML; False when it still is there at the deadline."""
        return self._wait(seconds, lambda: gone(self.live()), libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED)
