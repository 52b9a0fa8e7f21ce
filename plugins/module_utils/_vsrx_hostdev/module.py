# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The module's work: find the domain, plan, and unless in check mode apply; what is returned comes from the plan.
import typing as t

from .._errors import VsrxError
from .._host.lock import HostLock
from .._libvirt import Connection, assignments, find
from .host_reader import HostRoom
from .journal import Journal
from .request import Request, request_of
from .update import Consent, HostReader, Run

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


_LOCK_SECONDS = 300.0


def _outdented(element: str) -> str:
    """An element without the indentation of its place, which its last line has and its first has not."""
    lines = element.splitlines()
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join((lines[0], *(line[indent:] for line in lines[1:]))) + "\n"


def _diff(run: Run) -> dict[str, str]:
    """Only the elements that change, so that a person can read it."""
    where = f"domain {run.name}"
    before = (change.before for change in run.plan.changes)
    after = (change.after for change in run.plan.changes)
    return {
        "before_header": where,
        "after_header": where,
        "before": "".join(_outdented(text) for text in before if text),
        "after": "".join(_outdented(text) for text in after if text),
    }


def _check_drivers(request: Request, connected: Connection) -> None:
    legacy = [port.label for port in request.ports if port.driver == "kvm"]
    offered = assignments(connected) if legacy else frozenset()
    if legacy and "kvm" not in offered:
        offers = ", ".join(sorted(offered)) or "nothing that it tells"
        raise VsrxError(f"{', '.join(legacy)}: driver kvm is not offered by this host's libvirt, which offers {offers}; use driver vfio")


def _result(run: Run) -> dict[str, t.Any]:
    return {
        "changed": bool(run.plan.steps),
        "actions": run.plan.actions,
        "ports": [row.as_dict() for row in run.plan.rows],
        "findings": [finding.as_dict() for finding in run.plan.findings],
        "restarted": run.restarts,
        "started": run.starts,
        "backup": run.backup,
        "diff": _diff(run),
    }


def converge(options: t.Mapping[str, t.Any], reader: HostReader, check_mode: bool, lock: t.Optional[HostLock] = None) -> dict[str, t.Any]:
    """Observe, plan, and unless in check mode apply; what is returned comes from the plan either way."""
    request = request_of(options)
    consent = Consent(shutdown_timeout=options["shutdown_timeout"], force_off=options["force_off"])
    with Connection(options["uri"]) as connected:
        _check_drivers(request, connected)
        uuid, _name = find(connected, options["name"])
        journal = Journal(options["state_dir"], uuid)
        if check_mode:
            return _result(Run(connected, reader, request, uuid, journal))
        with journal.locked():
            # Once a VF is in a definition every other run sees it there: the host's lock need not outlast that.
            with lock or HostLock(seconds=_LOCK_SECONDS):
                run = Run(connected, reader, request, uuid, journal)
                run.prepare()
            run.finish(consent)
            return _result(run)


def work(module: AnsibleModule) -> dict[str, t.Any]:
    return converge(module.params, HostRoom(predict=module.check_mode and module.params["predict_vfs"]), module.check_mode)
