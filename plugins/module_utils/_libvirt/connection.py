# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import shutil
import sys
import typing as t
import urllib.parse

from .._errors import VsrxError

try:
    import libvirt
except ImportError:
    libvirt = None

#: the Python binding, or None where it is not installed
library: t.Any = libvirt

_DAEMONS = ("libvirtd", "virtqemud")
_SBIN = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"


_THIS_HOST = ("localhost", "127.0.0.1", "::1")


def _has_daemon() -> bool:
    return any(shutil.which(name, path=_SBIN) for name in _DAEMONS)


def _check_local(uri: str) -> None:
    """Another host's domains do not belong to the VFs, PFs and records that are read on this one."""
    try:
        host = urllib.parse.urlsplit(uri).hostname
    except ValueError as failure:
        raise VsrxError(f"{uri} is no URI of libvirt ({failure}); expected one such as qemu:///system") from None
    if host and host not in _THIS_HOST:
        raise VsrxError(
            f"{uri} is the libvirt of host {host}, but VFs, PFs and records are those of the host on which the module runs; "
            f"expected a URI without a host, such as qemu:///system; run the module there (delegate_to: {host})"
        )


def available(uri: str) -> bool:
    """Is there a libvirt to ask? Raises where one is installed that Python can not reach, and for another host's."""
    _check_local(uri)
    local = not uri.startswith("test:") and "+" not in uri.partition(":")[0]
    if libvirt is None:
        if _has_daemon():
            raise VsrxError(
                f"libvirt is installed on this host, but {sys.executable} has no module 'libvirt', so its domains can not be seen; "
                "install python3-libvirt, or set ansible_python_interpreter to the system's Python"
            )
        return False
    return not local or _has_daemon()


class Connection:
    """An open connection to libvirt; errors leave it as VsrxError."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        if not available(uri) or libvirt is None:
            raise VsrxError(f"{uri}: libvirt is not installed on this host; install libvirt-daemon-system and python3-libvirt")
        libvirt.registerErrorHandler(lambda *unused: None, None)
        libvirt.virEventRegisterDefaultImpl()
        try:
            self.handle: t.Any = libvirt.open(uri)
        except libvirt.libvirtError as failure:
            raise VsrxError(f"{uri} does not answer: {failure}; is libvirt's daemon running, and may this user talk to it?") from None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *unused: object) -> None:
        try:
            self.handle.close()
        except libvirt.libvirtError:
            return

    def ask(self, what: str, call: t.Callable[[], t.Any]) -> t.Any:
        """Do one call; ``what`` says in the error what was being done."""
        try:
            return call()
        except libvirt.libvirtError as failure:
            # libvirt passes on what programs printed, line breaks and all.
            told = " ".join(str(failure).split())
            if not self._alive():
                raise VsrxError(
                    f"{what}: the connection to libvirt at {self.uri} was lost, as when its daemon is restarted ({told}); "
                    "what was begun is written down, so run it again to end it"
                ) from None
            raise VsrxError(f"{what}: {told}") from None

    def _alive(self) -> bool:
        try:
            return bool(self.handle.isAlive())
        except libvirt.libvirtError:
            return False
