# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report that was changed by hand: a step of its plan has no number, and every form shows it all the same."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.filter.report_view import FORMS, report_view


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [None, "1", -1])
def test_a_step_without_a_number_is_shown(form: str, number: object) -> None:
    shown = report_view({"plan": [{"number": number, "on": "kvm1", "what": "make 2 VFs of eno2", "traffic": "no"}]}, form)
    text = "\n".join(shown) if isinstance(shown, list) else str(shown)
    assert "make 2 VFs of eno2" in text and "| None |" not in text and ">None<" not in text
