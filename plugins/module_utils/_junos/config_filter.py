# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of a node's configuration: the leaves that the rules judge, and no others.

Passwords, keys and addresses of peers stay on the node. Lists are narrowed by child tags without a key, which returns these tags of all
entries; ``<name/>`` returns nothing but the names, so that it tells whether there is an entry.
"""

from __future__ import annotations

import typing as t

_FAMILIES = (
    "<family><inet><mtu/></inet><inet6><mtu/><address><name/></address></inet6><mpls><mtu/></mpls><iso><mtu/></iso>"
    "<ethernet-switching/><bridge/><vpls/><ccc/></family>"
)
_INTERFACES = (
    "<interfaces><interface><name/><mac/><mtu/><gigether-options><redundant-parent/></gigether-options>"
    "<fastether-options><redundant-parent/></fastether-options>"
    "<redundant-ether-options><redundancy-group/></redundant-ether-options><fabric-options><member-interfaces/></fabric-options>"
    f"<unit><name/><mac/><vlan-id/><vlan-tags/><vlan-id-list/><vlan-id-range/>{_FAMILIES}</unit></interface></interfaces>"
)
_PROTOCOLS = "<protocols>{}</protocols>".format(
    "".join(f"<{name}><area><name/></area></{name}>" for name in ("ospf", "ospf3"))
    + "".join(f"<{name}><interface><name/></interface></{name}>" for name in ("pim", "igmp", "mld", "dvmrp"))
    + "<msdp><peer><name/></peer><group><name/></group></msdp>"
)
_TERMS = "<filter><name/><term><name/><then><packet-mode/></then></term></filter>"
_FIREWALL = f"<firewall>{_TERMS}<family><inet>{_TERMS}</inet><inet6>{_TERMS}</inet6><mpls>{_TERMS}</mpls></family></firewall>"

#: what the rules read of a system, section by section
SECTIONS: t.Mapping[str, str] = {
    "interfaces": _INTERFACES,
    "security nat": "<security><nat><proxy-arp/></nat></security>",
    "security forwarding-options": "<security><forwarding-options><family/></forwarding-options></security>",
    "protocols": _PROTOCOLS,
    "routing-instances": f"<routing-instances><instance><name/>{_PROTOCOLS}</instance></routing-instances>",
    "bridge-domains": "<bridge-domains><domain><name/></domain></bridge-domains>",
    "firewall": _FIREWALL,
}
#: without it no rule can be judged
NEEDED = "interfaces"
#: systems that share the ports of the node; not every release has them
SYSTEMS = ("logical-systems", "tenants")
#: what is read of the node itself. [edit chassis cluster] is read whole: a release that does not know a leaf refuses to be asked for it
NODE = "<system><host-name/><backup-router/></system><chassis><cluster/></chassis>"

_APPLIED = "<apply-groups/><apply-groups-except/>"
#: where the statements are written: the groups that hold them, and what applies groups to [edit chassis cluster]
AS_WRITTEN = (
    f"<groups><name/><when/><system><backup-router/></system><chassis><cluster/></chassis></groups>{_APPLIED}"
    f"<system><backup-router/></system><chassis>{_APPLIED}<cluster/></chassis>"
)


def system_filter(system: str, sections: t.Iterable[str] = tuple(SECTIONS)) -> str:
    """The sections of the node itself (""), or of all systems of a kind."""
    wanted = "".join(SECTIONS[name] for name in sections)
    return f"<{system}><name/>{wanted}</{system}>" if system else wanted


#: everything that the rules read, in one request
EVERYTHING = NODE + "".join(system_filter(system) for system in ("", *SYSTEMS))
#: the same in parts, for a node that refuses the whole; together all that is ever asked of the inherited configuration
INHERITED_READS = (
    EVERYTHING,
    NODE,
    *(system_filter(system) for system in ("", *SYSTEMS)),
    *(f"<{system}><name/></{system}>" for system in SYSTEMS),
    *(system_filter(system, (section,)) for system in ("", *SYSTEMS) for section in SECTIONS),
)
