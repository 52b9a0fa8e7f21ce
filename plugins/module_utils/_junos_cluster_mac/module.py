# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules junos_cluster_mac and junos_cluster_info do: observe, judge; plan and apply unless in check mode; return."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import Finding, RefusedError, RequestError, VsrxError, raise_if_blocking, sort_findings
from .._junos.netconf import Session
from .._rules import STATE
from .._steps import describe_steps
from .boot_state import Commit
from .commit import CommitRequest, Outcome, check_unlocked, commit_confirmed, compare_candidate, confirm_pending, refuse_pending
from .findings import Ports, find_unread, find_with_mode, find_without_mode
from .health import find_clock_skews, find_health_problems, find_restarts
from .observe import observe
from .plan import apply_steps, find_disagreement, plan
from .request import PRESENT, Request, parse_request
from .result import Observed, describe, find_modes
from .statements import StatementLocations

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

SUBJECT = "the MAC mode of the chassis cluster"


def run(module: AnsibleModule) -> dict[str, t.Any]:
    """Observe, plan, apply unless in check mode, report."""
    request = parse_request(module.params)
    session = Session(require_connection(module))
    try:
        return _observe_and_converge(module, request, session)
    finally:
        session.close()


def require_connection(module: AnsibleModule) -> str:
    """Return the socket of the task's connection; raise ``RequestError`` where it speaks no NETCONF."""
    if not module._socket_path:
        raise RequestError("this module speaks NETCONF: set connection to ansible.netcommon.netconf for the vSRX node")
    return str(module._socket_path)


def _observe_and_converge(module: AnsibleModule, request: Request, session: Session) -> dict[str, t.Any]:
    observed = observe(session, request.state == PRESENT)
    try:
        return _converge(module, request, session, observed)
    except VsrxError as failure:
        # What was seen goes along, so that a caller can tell a cluster that was refused from one that is silent.
        failure.facts = {**describe(observed, observed.locations), **failure.facts}
        failure.findings = failure.findings or tuple(find_findings(request, observed, observed.locations))
        raise


def _converge(module: AnsibleModule, request: Request, session: Session, observed: Observed) -> dict[str, t.Any]:
    if not observed.clustered and request.state == PRESENT:
        raise RefusedError(
            "chassis cluster is not enabled on this node; expected an enabled cluster of two nodes "
            "(set chassis cluster cluster-id ... node ... reboot)"
        )
    _refuse_disagreement(request, observed)
    steps = plan(observed.locations, request.state)
    after = apply_steps(observed.locations, steps)
    findings = find_findings(request, observed, after)
    actions = describe_steps(steps)
    commit = CommitRequest(request.state, steps, request.confirm_timeout, request.comment, observed.clock)
    outcome = Outcome("")
    if steps:
        raise_if_blocking(SUBJECT, findings, request.accept)
        outcome = _choose_apply(module)(session, commit)
        if not module.check_mode:  # what stood alone before (S9) does so no more
            findings = find_findings(request, dataclasses.replace(observed, locations=after), after)
    elif _is_own(commit, session, observed) and observed.pending is not None:
        raise_if_blocking("the unconfirmed commit of an earlier run", findings, request.accept)
        actions = ["confirm the commit of an earlier run"]
        if not module.check_mode:
            outcome = confirm_pending(session, commit, observed.pending)
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


def _is_own(commit: CommitRequest, session: Session, observed: Observed) -> bool:
    """Is the pending commit ours? The other node's history may name another user for a commit that came by synchronisation."""
    if observed.pending is None:
        return False
    return commit.is_own(observed.pending, session.user if observed.is_answered_by_primary() else None)


def _choose_apply(module: AnsibleModule) -> t.Callable[[Session, CommitRequest], Outcome]:
    """Only Junos itself can tell a diff, and only with the change in the locked candidate: without diff mode a look is enough."""
    if not module.check_mode:
        return commit_confirmed
    return compare_candidate if module._diff else check_unlocked


def find_findings(request: Request, observed: Observed, after: StatementLocations) -> list[Finding]:
    """Return all findings: by the rules with what is written, of restarts with what would be written afterwards."""
    return [
        *_find_by_rules(request, observed),
        *find_unread(observed.unread, observed.refused),
        *find_health_problems(observed.nodes, observed.groups, observed.links, observed.effective),
        *find_clock_skews(observed),
        *find_restarts(observed, find_modes(observed, after)),
    ]


def _find_by_rules(request: Request, observed: Observed) -> list[Finding]:
    ports = Ports(request.sriov_ports, request.trusted_ports)
    if request.state != PRESENT:
        return find_without_mode(observed.effective, ports, request.pf_under_control) if observed.clustered else []
    return find_with_mode(observed.effective, observed.locations, observed.nodes, ports, request.pf_under_control)


def _refuse_disagreement(request: Request, observed: Observed) -> None:
    """Also where nothing would be changed: what is written would be taken for what is there."""
    wrong = find_disagreement(observed.locations, observed.effective.statements, observed.connected_to)
    if wrong:
        raise RefusedError(
            f"{SUBJECT} was not changed: {wrong}. Expected the two to agree; look for conditional groups (when) and for groups that apply "
            "groups, and take the two statements out of them",
            findings=find_findings(request, observed, observed.locations),
        )


if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run_info(module: AnsibleModule) -> dict[str, t.Any]:
    """Read the cluster over one session and return what is there."""
    request = parse_request(module.params)
    session = Session(require_connection(module))
    try:
        observed = observe(session, wanted=False)
        findings = find_findings(request, observed, observed.locations)
        differs = (
            find_disagreement(observed.locations, observed.effective.statements, observed.connected_to) if observed.clustered else None
        )
        if differs:
            cure = "Look for conditional groups (when) and for groups that apply groups, and take the two statements out of them"
            findings.append(STATE.error(where="[edit chassis cluster]", found=differs, cure=cure))
        return {
            "changed": False,
            "findings": [finding.as_dict() for finding in sort_findings(findings)],
            "pending_commit": None if observed.pending is None else _describe_commit(observed.pending),
            "rpcs": session.requests,
            **describe(observed, observed.locations),
        }
    finally:
        session.close()


def _describe_commit(commit: Commit) -> dict[str, t.Any]:
    return {"user": commit.user, "committed_at": commit.seconds, "rolled_back_at": commit.deadline, "comment": commit.log}
