# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Order, uniqueness and idempotence on domains by chance; more of them: python -m support.domain_generator FIRST-SEED COUNT."""

from __future__ import annotations

import pytest
from support import domain_generator


@pytest.mark.mission("S5")
@pytest.mark.parametrize("first", range(0, 600, 100))
def test_generated_domains_keep_what_is_promised(first: int) -> None:
    outcomes = [domain_generator.check(seed) for seed in range(first, first + 100)]
    assert outcomes.count("changed") > 20 and "refused" in outcomes


def test_the_oracle_sees_what_a_guest_does_not_find() -> None:
    address = "<address type='pci' bus='0x00' slot='0x05' function='0x{}'/>"
    nic = f"<interface type='bridge'><mac address='52:54:00:00:00:01'/>{address}</interface>"
    seen = [domain_generator.Oracle(f"<domain><devices>{nic.format(function)}</devices></domain>").found for function in (0, 1)]
    assert seen == [[(None, "52:54:00:00:00:01")], []]
