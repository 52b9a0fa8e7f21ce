# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What vsrx_hostdev and vsrx_domain_info do.

Find the domain, plan, and unless in check mode apply, with a result that comes from the plan; or read all domains and return them.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml.nic_settings import KVM
from .._errors import Finding, sort_findings
from .._host.files import HostLock
from .._libvirt import Connection, find_domain, list_hostdev_backends, read
from .._libvirt.model import list_pool_networks
from .._rules import REQUEST
from .journal import Journal
from .observe import HostReader, Observation, PortHostReader, observe
from .plan import Plan, Planner
from .request import Request, parse_request, raise_request_findings
from .result import CloseJournal, ShutDown, Start, list_domains, list_functions_of, make_diff
from .update import ChangedError, Consent, DomainUpdate

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


_LOCK_SECONDS = 300.0
#: how often a domain is planned that another changes meanwhile
_ATTEMPTS = 2


def _check_drivers(request: Request, connected: Connection, name: str) -> None:
    legacy = [port for port in request.ports if port.settings.get("driver") == KVM]
    offered = list_hostdev_backends(connected) if legacy else frozenset()
    if not legacy or KVM in offered:
        return
    offers = ", ".join(sorted(offered)) or "nothing that it reports"
    found = f"driver kvm is not offered by this host's libvirt, which offers {offers}"
    raise_request_findings(f"domain {name}", [REQUEST.error(where=port.label, found=found, cure="use driver vfio") for port in legacy])


def _plan(request: Request, observation: Observation) -> Plan:
    plan = Planner(request, observation.observed).plan()
    if observation.has_journal and not plan.steps:
        return dataclasses.replace(plan, steps=(CloseJournal(observation.domain.name),))
    return plan


def _make_result(observation: Observation, plan: Plan, backup: t.Optional[str] = None, more: t.Iterable[Finding] = ()) -> dict[str, t.Any]:
    return {
        "changed": bool(plan.steps),
        "actions": plan.actions,
        "ports": [row.as_dict() for row in plan.rows],
        "findings": [finding.as_dict() for finding in sort_findings([*plan.findings, *more])],
        "restarted": any(isinstance(step, ShutDown) for step in plan.steps),
        "started": any(isinstance(step, Start) for step in plan.steps),
        "backup": backup,
        "domain_uuid": observation.domain.uuid,
        "diff": make_diff(observation.domain.name, plan.changes, plan.steps),
    }


def _prepare(
    connected: Connection, reader: HostReader, request: Request, uuid: str, journal: Journal
) -> tuple[Observation, Plan, DomainUpdate]:
    """Plan and define; where another changes the domain in between, look and plan once more."""
    attempt = 1
    while True:
        observation = observe(connected, reader, request, uuid, journal)
        plan = _plan(request, observation)
        update = DomainUpdate(observation, plan, reader, journal)
        try:
            if plan.steps:
                update.prepare()
            return observation, plan, update
        except ChangedError:
            if attempt == _ATTEMPTS:
                raise
            attempt += 1


def converge(options: t.Mapping[str, t.Any], reader: HostReader, check_mode: bool, lock: t.Optional[HostLock] = None) -> dict[str, t.Any]:
    """Observe, plan, and unless in check mode apply; what is returned comes from the plan either way."""
    request = parse_request(options)
    consent = Consent(shutdown_timeout=options["shutdown_timeout"], force_off=options["force_off"])
    with Connection(options["uri"]) as connected:
        _check_drivers(request, connected, options["name"])
        uuid, _name = find_domain(connected, options["name"])
        journal = Journal(options["state_dir"], uuid)
        if check_mode:
            journal.check()
            observation = observe(connected, reader, request, uuid, journal)
            return _make_result(observation, _plan(request, observation))
        with journal.hold_lock():
            # Once a VF is in a definition every other run sees it there: the host's lock need not outlast that.
            with lock or HostLock(seconds=_LOCK_SECONDS):
                observation, plan, update = _prepare(connected, reader, request, uuid, journal)
            if plan.steps:
                update.finish(consent)
            else:
                update.drop_stale_records()
            return _make_result(observation, plan, update.backup, update.findings)


def run(module: AnsibleModule) -> dict[str, t.Any]:
    reader = PortHostReader(predict=module.check_mode and module.params["predict_vfs"])
    return converge(module.params, reader, module.check_mode)


def list_all(uri: str, state_dir: str, reader: HostReader) -> list[dict[str, t.Any]]:
    """Read every domain of the host, and of the host the functions that the domains have."""
    with Connection(uri) as connected:
        state = read(connected)
    host = reader.read(Request(()), list_functions_of(state.domains))
    return list_domains(state.domains, host, list_pool_networks(state), lambda uuid: Journal(state_dir, uuid).read_replaced())


def run_info(module: AnsibleModule) -> dict[str, t.Any]:
    return {"changed": False, "domains": list_all(module.params["uri"], module.params["state_dir"], PortHostReader())}
