# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.report_view: the document of a site as a page, as rows of text, or as Markdown."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_view
short_description: The document of a site for people to read
version_added: 1.1.0
description:
  - Shows a document of P(vsrx.sriov.report_document#filter).
  - The page is one file without scripts that loads nothing; every value in it is escaped.
  - The document is checked again, so one that was written to a file and read back can be shown, too.
positional: _input, form
options:
  _input:
    description: The document.
    type: dict
    required: true
  form:
    description:
      - V(html) is the page.
      - V(rows) is a list of rows for M(ansible.builtin.debug). Each row begins with a blank, so that columns stay aligned in JSON and in
        YAML output.
      - V(text) is the same rows as one text.
      - V(markdown) is a summary for a change request or an approval.
    type: str
    choices: [html, rows, text, markdown]
    required: true
  parts:
    description: With V(rows) and V(text), the parts to show. They come in the order of this list of choices.
    type: list
    elements: str
    choices: [verdict, differences, findings, plan, clusters, map]
    default: [verdict, differences, findings, plan, clusters, map]
author:
  - The vsrx.sriov authors (@vsrx)
seealso:
  - plugin: vsrx.sriov.report_document
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the verdict and the findings
  ansible.builtin.debug:
    msg: "{{ document | vsrx.sriov.report_view('rows', parts=['verdict', 'findings']) }}"
"""

RETURN = r"""
_value:
  description: The page, the text or the Markdown; with V(rows) the list of rows.
  type: raw
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._report.document import read_document
from ..plugin_utils._report.markdown import write_markdown
from ..plugin_utils._report.page import write_page
from ..plugin_utils._report.text import PARTS, bind_rows, write_text

FORMS = ("html", "rows", "text", "markdown")


def report_view(value: t.Any, form: str, parts: t.Sequence[str] = PARTS) -> t.Any:
    unknown = [each for each in parts if each not in PARTS]
    if form not in FORMS or unknown:
        raise AnsibleFilterError(f"report_view has form {form!r} and parts {list(parts)!r}; expected one of {FORMS} and some of {PARTS}")
    document = read_document(value)
    if form == "html":
        return wrap_var(write_page(document))
    if form == "markdown":
        return wrap_var(write_markdown(document))
    rows = write_text(document, parts)
    return wrap_var(bind_rows(rows) if form == "rows" else "\n".join(rows) + "\n")


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_view": report_view}
