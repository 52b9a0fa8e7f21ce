# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a call as one typed request, refused as a whole where they cannot be meant."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._errors import Finding, RequestError
from .._rules import REQUEST, RULES

PRESENT = "present"
ABSENT = "absent"

_N = "(0|[1-9][0-9]*)"
#: as Junos writes it, without a unit: another spelling matches nothing in the configuration, and the rules would not speak of the port
_INTERFACE = re.compile(f"[a-z]+-{_N}/{_N}/{_N}|(em|fxp){_N}")
#: the minutes that Junos takes for a commit confirmed
MINUTES = range(1, 65536)


@dataclasses.dataclass(frozen=True)
class Request:
    """What a call asks for. ``sriov_ports`` and ``trusted_ports`` are None where the call does not say."""

    state: str = PRESENT
    sriov_ports: t.Optional[frozenset[str]] = None
    trusted_ports: t.Optional[frozenset[str]] = None
    pf_under_control: bool = False
    accept: frozenset[str] = frozenset()
    confirm_timeout: int = 10
    comment: str = ""


def parse_request(options: t.Mapping[str, t.Any]) -> Request:
    """Return the options as a request; raise ``RequestError`` with every reason against them. An info module has no commit's options."""
    reasons = list(_check_options(options))
    if reasons:
        raise RequestError("; ".join(f"{reason.found}; {reason.cure}" for reason in reasons), findings=reasons)
    return Request(
        state=options["state"],
        sriov_ports=_freeze_names(options["sriov_ports"]),
        trusted_ports=_freeze_names(options.get("trusted_ports")),
        pf_under_control=options["pf_under_control"],
        accept=frozenset(options.get("accept") or ()),
        confirm_timeout=options.get("confirm_timeout", 10),
        comment=options.get("comment", "").strip(),
    )


def _check_options(options: t.Mapping[str, t.Any]) -> t.Iterator[Finding]:
    if "comment" in options and not options["comment"].strip():
        yield REQUEST.error(
            where="comment",
            found="comment is empty; expected a text, since a rerun knows its own commit by it",
            cure="Give one, or leave comment out",
        )
    minutes = options.get("confirm_timeout", MINUTES[0])
    if minutes not in MINUTES:
        found = f"confirm_timeout {minutes} is out of range; expected {MINUTES[0]} to {MINUTES[-1]}, the minutes that Junos takes"
        yield REQUEST.error(where="confirm_timeout", found=found, cure="Give a number of minutes in that range")
    for option in ("sriov_ports", "trusted_ports"):
        misnamed = [name for name in options.get(option) or () if not _INTERFACE.fullmatch(name)]
        if misnamed:
            yield REQUEST.error(
                where=option,
                found=f"{option} has {_quote(misnamed)}; expected names of Junos interfaces without a unit, such as ge-0/0/1 or ge-7/0/1",
                cure="Correct the list",
            )
    unknown = [rule for rule in options.get("accept") or () if rule and rule not in RULES]
    if unknown:
        found = f"accept has {_quote(unknown)}; expected ids of rules, S1 to S{len(RULES)}"
        yield REQUEST.error(where="accept", found=found, cure="Correct the list")


def _freeze_names(names: t.Optional[t.Iterable[str]]) -> t.Optional[frozenset[str]]:
    return None if names is None else frozenset(names)


def _quote(words: t.Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
