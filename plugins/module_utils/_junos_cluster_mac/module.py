# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import Finding, RequestError, VsrxError, raise_if_blocking, sort_findings
from .._junos.netconf import Session
from .commit import Order, Outcome, commit, confirm_pending, look, preview, refuse_pending
from .findings import Ports, judge, judge_unread, without_mode
from .health import judge as judge_health
from .observe import Observed, observe
from .plan import apply, disagreement, plan
from .request import PRESENT, Request, parse_request
from .result import clocks, describe, modes, pending_restart
from .statements import Written

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

SUBJECT = "the MAC mode of the chassis cluster"


def work(module: AnsibleModule) -> dict[str, t.Any]:
    """Observe, plan, apply unless in check mode, report."""
    request = parse_request(module.params)
    session = Session(require_connection(module))
    try:
        return _work(module, request, session)
    finally:
        session.close()


def require_connection(module: AnsibleModule) -> str:
    """Return the socket of the task's connection; raise ``RequestError`` where it speaks no NETCONF."""
    if not module._socket_path:
        raise RequestError("this module speaks NETCONF: set connection to ansible.netcommon.netconf for the vSRX node")
    return str(module._socket_path)


def _work(module: AnsibleModule, request: Request, session: Session) -> dict[str, t.Any]:
    observed = observe(session, request.state == PRESENT)
    try:
        return _decide(module, request, session, observed)
    except VsrxError as failure:
        # What was seen goes along, so that a caller can tell a cluster that was refused from one that is silent.
        failure.facts = {**describe(observed, observed.written), **failure.facts}
        failure.findings = failure.findings or tuple(find_findings(request, observed, observed.written))
        raise


def _decide(module: AnsibleModule, request: Request, session: Session, observed: Observed) -> dict[str, t.Any]:
    if not observed.clustered and request.state == PRESENT:
        raise VsrxError(
            "the box is no chassis cluster; expected an enabled cluster of two nodes (set chassis cluster cluster-id ... node ... reboot)"
        )
    _refuse_disagreement(request, observed)
    steps = plan(observed.written, request.state)
    after = apply(observed.written, steps)
    findings = find_findings(request, observed, after)
    actions = [step.describe() for step in steps]
    order = Order(request.state, steps, request.confirm_timeout, request.comment, observed.clock)
    ours = not steps and observed.pending is not None and order.made(observed.pending, session.user)
    outcome = Outcome("")
    if steps:
        raise_if_blocking(SUBJECT, findings, request.accept)
        outcome = _apply(module)(session, order)
        if not module.check_mode:  # what stood alone before (S9) does so no more
            findings = find_findings(request, dataclasses.replace(observed, written=after), after)
    elif ours and observed.pending is not None:
        actions = ["confirm the commit of an earlier run"]
        if not module.check_mode:
            outcome = confirm_pending(session, order, observed.pending)
    else:
        refuse_pending(observed.pending)
    for text in outcome.warnings:
        module.warn(text)
    return {
        "changed": bool(actions),
        "actions": actions,
        "findings": [finding.as_dict() for finding in sort_findings(findings)],
        "diff": {"prepared": outcome.diff + "\n" if outcome.diff else ""},
        "commit": outcome.commit,
        "rpcs": session.requests,
        **describe(observed, after, bool(actions)),
    }


def _apply(module: AnsibleModule) -> t.Callable[[Session, Order], Outcome]:
    """Only Junos itself can tell a diff, and only with the change in the locked candidate: without diff mode a look is enough."""
    if not module.check_mode:
        return commit
    return preview if module._diff else look


def find_findings(request: Request, observed: Observed, after: Written) -> list[Finding]:
    """All that is to be said of the cluster: by the rules with what is written, of restarts with what would be written afterwards."""
    health = judge_health(observed.groups, observed.links, observed.effective)
    unread = judge_unread(observed.unread)
    return [*_judge_rules(request, observed), *unread, *health, *clocks(observed), *pending_restart(modes(observed, after))]


def _judge_rules(request: Request, observed: Observed) -> list[Finding]:
    ports = Ports(request.sriov_ports)
    if request.state != PRESENT:
        return without_mode(ports, request.pf_under_control) if observed.clustered else []
    nodes = [(node.name, node.junos_version, node.model) for node in observed.nodes]
    return judge(observed.effective, observed.written, nodes, ports, request.pf_under_control)


def _refuse_disagreement(request: Request, observed: Observed) -> None:
    """Also where nothing would be changed: what is written would be taken for what is there."""
    wrong = disagreement(observed.written, observed.effective.statements, observed.connected_to)
    if wrong:
        raise VsrxError(
            f"{SUBJECT} was not changed: {wrong}. Expected the two to agree; look for conditional groups (when) and for groups that apply "
            "groups, and take the two statements out of them",
            findings=find_findings(request, observed, observed.written),
        )
