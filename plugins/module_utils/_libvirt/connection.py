# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The connection to libvirt: local, with errors as VsrxError and a time limit for each call."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import sys
import threading
import typing as t
import urllib.parse

from .._errors import ApplyError, NoResponseError, VsrxError

try:
    import libvirt
except ImportError:
    libvirt = None

#: the Python binding, or None where it is not installed
library: t.Any = libvirt

OPEN_SECONDS = 30.0
READ_SECONDS = 60.0
#: a start pins the memory of a large guest, which takes long
WRITE_SECONDS = 300.0
CLOSE_SECONDS = 5.0
_DAEMONS = ("libvirtd", "virtqemud")
#: where distributions with one folder a Python keep its packages
_LIBRARIES = ("/usr/lib64", "/usr/lib")
_OLDEST_PYTHON = 9
_SBIN = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"


_THIS_HOST = ("localhost", "127.0.0.1", "::1")


def _has_daemon() -> bool:
    return any(shutil.which(name, path=_SBIN) for name in _DAEMONS)


def _describe_binding() -> str:
    """Say what helps where this Python has no binding. RHEL 8 has one for its Python 3.6 only, on which no module runs."""
    names = (path.parent.parent.name for top in _LIBRARIES for path in pathlib.Path(top).glob("python3.*/site-packages/libvirt.py"))
    versions = sorted(int(name.partition(".")[2]) for name in names if name.partition(".")[2].isdigit())
    if versions and versions[-1] < _OLDEST_PYTHON:
        return (
            f"that of the distribution is for Python 3.{versions[-1]}, and this collection needs 3.{_OLDEST_PYTHON} or later; RHEL 8 "
            "and its rebuilds are not supported as KVM hosts"
        )
    named = f"/usr/bin/python3.{versions[-1]}, which has it" if versions else "the system's Python"
    return f"install python3-libvirt, or set ansible_python_interpreter to {named}"


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


def is_available(uri: str) -> bool:
    """Is there a libvirt to ask? Raises where one is installed that Python cannot reach, and for another host's."""
    _check_local(uri)
    local = not uri.startswith("test:") and "+" not in uri.partition(":")[0]
    if libvirt is None:
        if _has_daemon():
            raise VsrxError(
                f"libvirt is installed on this host, but {sys.executable} has no module 'libvirt', so its domains cannot be read; "
                f"{_describe_binding()}"
            )
        return False
    return not local or _has_daemon()


class LibvirtError(ApplyError):
    """libvirt refused a call; ``code`` is its VIR_ERR number, ``errno`` that of a system call that failed, else 0."""

    def __init__(self, message: str, code: int, errno: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.errno = errno


class NoDriverError(VsrxError):
    """libvirt answers, and has no driver for the URI: as for qemu:///system where it serves Xen or LXC only."""


class _Call(threading.Thread):
    """One call in a thread of its own: a daemon that does not answer holds this thread, and not the module."""

    def __init__(self, call: t.Callable[[], t.Any]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self.result: t.Any = None
        self.failure: t.Optional[BaseException] = None

    def run(self) -> None:
        try:
            self.result = self._call()
        except BaseException as failure:  # handed on to the caller
            self.failure = failure


def _call_within(seconds: float, what: str, uri: str, call: t.Callable[[], t.Any]) -> t.Any:
    thread = _Call(call)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise NoResponseError(
            f"{what}: libvirt at {uri} has not answered for {seconds:g} s; restart its daemon (systemctl restart libvirtd), "
            "look at the domain, and run again"
        )
    if thread.failure is not None:
        raise thread.failure
    return thread.result


class Connection:
    """An open connection to libvirt; errors leave it as VsrxError, and no call waits for ever."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        if not is_available(uri) or libvirt is None:
            raise VsrxError(f"{uri}: libvirt is not installed on this host; install libvirt-daemon-system and python3-libvirt")
        libvirt.registerErrorHandler(lambda *unused: None, None)
        libvirt.virEventRegisterDefaultImpl()
        try:
            self.handle: t.Any = _call_within(OPEN_SECONDS, "opening the connection", uri, lambda: libvirt.open(uri))
        except libvirt.libvirtError as failure:
            if failure.get_error_code() == libvirt.VIR_ERR_NO_CONNECT:
                raise NoDriverError(
                    f"{uri}: this host's libvirt has no driver for it: {failure}; install libvirt-daemon-driver-qemu"
                ) from None
            raise NoResponseError(f"{uri} does not answer: {failure}; is libvirt's daemon running, and may this user talk to it?") from None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *unused: object) -> None:
        with contextlib.suppress(libvirt.libvirtError, NoResponseError):
            _call_within(CLOSE_SECONDS, "closing the connection", self.uri, self.handle.close)

    def call(self, what: str, call: t.Callable[[], t.Any], seconds: float = READ_SECONDS) -> t.Any:
        """Do one call; ``what`` says in the error what was being done."""
        try:
            return _call_within(seconds, what, self.uri, call)
        except libvirt.libvirtError as failure:
            # libvirt passes on what programs printed, line breaks and all.
            words = " ".join(str(failure).split())
            if not self._is_alive():
                raise NoResponseError(
                    f"{what}: the connection to libvirt at {self.uri} was lost, as when its daemon is restarted ({words}); "
                    "what was begun is written down, so run it again to end it"
                ) from None
            code = failure.get_error_code()
            raise LibvirtError(f"{what}: {words}", code, failure.get_int1() if code == libvirt.VIR_ERR_SYSTEM_ERROR else 0) from None

    def _is_alive(self) -> bool:
        try:
            return bool(_call_within(CLOSE_SECONDS, "asking the connection", self.uri, self.handle.isAlive))
        except (libvirt.libvirtError, NoResponseError):
            return False
