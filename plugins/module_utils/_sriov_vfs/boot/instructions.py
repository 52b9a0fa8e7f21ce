# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the restorer gets: plain words, so that it needs to know nothing of the collection, and its systemd unit. Pure."""

from __future__ import annotations

import typing as t

from ..._host.attribute_table import ATTRIBUTE, ATTRIBUTE_GROUPS, format_vf_words
from ..._host.pf_record import PfRecord

#: what a VF without a VLAN has
_WITHOUT_VLAN = {"qos": 0, "vlan_proto": "802.1Q"}


def _group_attributes(values: t.Mapping[str, t.Any]) -> t.Iterator[dict[str, t.Any]]:
    """Return the attributes by what is set together.

    Defaults that go with a VLAN are not set without one: the command has to name a VLAN, and would take away one that was not asked about.
    """
    for keys in ATTRIBUTE_GROUPS:
        given = {key: values[key] for key in keys if key in values}
        if given.items() - _WITHOUT_VLAN.items():
            yield given


def make_instructions(records: t.Iterable[PfRecord]) -> list[dict[str, t.Any]]:
    """Return for each PF that comes back at boot how to know it, how many VFs, and the arguments of each 'ip link set'."""
    found = []
    for record in records:
        if not record.persist:
            continue
        made = record.made
        commands = [(given, format_vf_words(index, given)) for index, values in made.vfs.items() for given in _group_attributes(values)]
        # Rates come last: drivers drop the PF's link when VFs come, and some take rates only while it is up.
        commands.sort(key=lambda each: any(ATTRIBUTE[name].needs_link for name in each[0]))
        first = [["mtu", str(made.mtu)]] if made.mtu is not None else []
        first += [["up"]] if made.up else []
        found.append(
            {
                "permanent_mac": record.permanent_mac,
                "address": record.address,
                "name": record.name,
                "num_vfs": made.num_vfs,
                "drivers_autoprobe": made.drivers_autoprobe,
                "link": first,
                "vfs": [words for _given, words in commands],
                "down": made.up is False,
            }
        )
    return found


def make_unit(python: str, restorer: str, instructions_path: str) -> str:
    """Return the systemd unit.

    It runs before every network manager and before anything of libvirt's, and after what may create VFs by itself: netplan's unit and
    Mellanox' OFED.
    """
    return f"""# Written by vsrx.sriov; changes are overwritten.
[Unit]
Description=SR-IOV virtual functions made by vsrx.sriov
DefaultDependencies=no
After=local-fs.target systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service
After=netplan-sriov-apply.service openibd.service
Wants=network-pre.target
Before=network-pre.target libvirtd.service virtqemud.service virtnetworkd.service virtnodedevd.service libvirt-guests.service
Conflicts=shutdown.target
Before=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=900
ExecStart={python} -I {restorer} {instructions_path}

[Install]
WantedBy=multi-user.target
"""
