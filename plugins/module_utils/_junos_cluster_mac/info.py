# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module junos_cluster_info does: observe, judge, return; no finding is an error."""

from __future__ import annotations

import typing as t

from .._errors import sort_findings
from .._junos.netconf import Session
from .._rules import STATE
from .history import Commit
from .module import find_findings, require_connection
from .observe import observe
from .plan import find_disagreement
from .request import parse_request
from .result import describe

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
