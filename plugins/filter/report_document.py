# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.report_document: what a run has read of a site, as one document."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_document
short_description: What a run has read of a site, as one document
version_added: 1.1.0
description:
  - Makes the document of P(vsrx.sriov.report_view#filter) from the variables that the reading tasks of this collection leave on KVM hosts
    and nodes.
  - Each value that comes from a host or a node is checked for its type and its range. What does not fit counts as not read and is null.
  - The order of hosts, clusters and findings is the same for the same site.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._hostvars
options:
  hosts:
    description: The KVM hosts of the run, in the order of the inventory.
    type: list
    elements: str
    required: true
  nodes:
    description: The vSRX nodes of the run, in the order of the inventory.
    type: list
    elements: str
    required: true
  read_at:
    description: When they were read, in UTC, as in V(2026-01-02T03:04:05Z).
    type: str
    required: true
  run:
    description:
      - Who read them, with what. The keys are C(user), C(ansible), C(inventory), C(limit) and C(left_out), the hosts that the run left out.
    type: dict
    default: {}
  previous:
    description: The text of the report that was written before, if any. The document takes from it since when each state is seen.
    type: str
    default: ""
  since:
    description: The text of an earlier report in JSON. The document has what is different from it.
    type: str
    default: ""
  plan:
    description:
      - What P(vsrx.sriov.site_plan#filter) gave before the site was changed.
      - Without it, the plan is made of the same variables.
    type: list
    elements: dict
  at_once:
    description: How many clusters may be interrupted at the same time, for the order of such a plan.
    type: int
    default: 1
author:
  - The vsrx.sriov authors (@vsrx)
seealso:
  - plugin: vsrx.sriov.report_view
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Put together what was read
  ansible.builtin.set_fact:
    document: "{{ hostvars | vsrx.sriov.report_document(hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes, read_at='2026-01-02T03:04:05Z') }}"
"""

RETURN = r"""
_value:
  description: The document. C(docs/report.schema.json) of the collection is its schema.
  type: dict
"""

import json
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._hostvars import pick_of_hosts
from ..plugin_utils._report.compare import compare
from ..plugin_utils._report.decode import encode
from ..plugin_utils._report.document import add_comparison, make_document, read_document
from ..plugin_utils._report.model import SCHEMA, Document
from ..plugin_utils._report.variables import OF_HOST, OF_NODE
from ..plugin_utils._report.version import read_version
from ..plugin_utils._site import variables as site


def _load(text: str) -> t.Optional[t.Any]:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _previous(text: str) -> t.Optional[Document]:
    """The report from before; one that cannot be read says nothing."""
    value = _load(text)
    return read_document(value) if isinstance(value, dict) and value.get("schema") == SCHEMA else None


def _since(text: str) -> Document:
    value = _load(text)
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        had = f"schema {value.get('schema')!r}"[:60] if isinstance(value, dict) else "no JSON object"
        raise AnsibleFilterError(
            f"vsrx_report_since names a file with {had}; expected a site.json of vsrx.sriov.report with schema {SCHEMA}. "
            "Name such a file, or leave vsrx_report_since out."
        )
    return read_document(value)


def report_document(
    variables: t.Any,
    hosts: list[str],
    nodes: list[str],
    read_at: str,
    run: t.Optional[dict[str, t.Any]] = None,
    previous: str = "",
    since: str = "",
    plan: t.Optional[list[dict[str, t.Any]]] = None,
    at_once: int = 1,
) -> t.Any:
    document = make_document(
        pick_of_hosts(variables, hosts, (*OF_HOST, *site.OF_HOST)),
        pick_of_hosts(variables, nodes, (*OF_NODE, *site.OF_NODE)),
        read_at,
        {"collection": read_version(), **(run or {})},
        _previous(previous),
        plan,
        int(at_once),
    )
    if since:
        document = add_comparison(document, compare(_since(since), document))
    # What a host says is never a template, whatever it looks like.
    return wrap_var(encode(document))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_document": report_document}
