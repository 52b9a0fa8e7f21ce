# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the answer of a driver means that refused an attribute of a VF, by driver where one errno means different things. Pure.

The sources are the drivers' own functions for the attributes of VFs (ndo_set_vf_*) in Linux 6.12.
"""

from __future__ import annotations

import errno
import typing as t

from .._host.attribute_table import ATTRIBUTE
from .._host.model import Pf

_IXGBE_MBPS = 10000
_IXGBE_LEAST = 11
_DEFAULT = "Leave the attribute out, or use a NIC whose driver supports it"


def _explain_rate(pf: Pf, values: t.Mapping[str, t.Any], number: t.Optional[int]) -> t.Optional[tuple[str, ...]]:
    highest = values.get("max_tx_rate")
    if pf.driver == "igb" and number == errno.EOPNOTSUPP:
        return "Driver igb limits rates of the 82576 only.", _DEFAULT
    if pf.driver == "ixgbe" and values.get("min_tx_rate"):
        return "Driver ixgbe has no lower limit of a rate.", "Leave min_tx_rate out"
    if pf.driver == "ixgbe" and pf.speed_mbps is not None and pf.speed_mbps != _IXGBE_MBPS:
        return f"Driver ixgbe limits rates on links of {_IXGBE_MBPS} Mbit/s only, and this one has {pf.speed_mbps}.", _DEFAULT
    if highest and pf.speed_mbps is not None and highest > pf.speed_mbps:
        return f"The rate is above the {pf.speed_mbps} Mbit/s of the link.", f"Ask for at most {pf.speed_mbps}"
    if pf.driver == "ixgbe" and highest and highest < _IXGBE_LEAST:
        return f"Driver ixgbe takes rates above {_IXGBE_LEAST - 1} Mbit/s.", f"Ask for {_IXGBE_LEAST} or more, or 0 for no limit"
    return None


def explain_refused(pf: Pf, values: t.Mapping[str, t.Any], number: t.Optional[int], has_carrier: bool) -> tuple[str, ...]:
    """Return sentences: what the errno of a refused command means, where that is known, and what to do."""
    if any(ATTRIBUTE[name].needs_link for name in values):
        if not has_carrier and number != errno.EOPNOTSUPP:
            return (
                f"The link of {pf.label} is down, and some drivers take rates only while it is up.",
                "Connect the port and set up: true, or leave the attribute out",
            )
        rate = _explain_rate(pf, values, number)
        if rate is not None:
            return rate
    if number == errno.EOPNOTSUPP and pf.loose_representors is not None:
        return (
            "The NIC is in switchdev mode, where VLAN, spoof check and state of a VF are those of its representor.",
            "Set it on the bridge of its representor, or set the mode back before VFs exist: devlink dev eswitch set "
            f"pci/{pf.address} mode legacy",
        )
    if number == errno.EPERM and pf.driver == "mlx5_core":
        return (
            "This PF does not manage the NIC's switch, as on the host of a DPU (BlueField).",
            "Set it on the DPU, or leave the attribute out",
        )
    if number == errno.EPROTONOSUPPORT and "vlan_proto" in values:
        return f"Driver {pf.driver} takes 802.1Q only.", "Leave vlan_proto out"
    return (_DEFAULT,)
