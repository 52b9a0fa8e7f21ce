# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NETCONF for nodes of a vSRX cluster: what the default plugin does, and several requests in flight."""

from __future__ import annotations

DOCUMENTATION = """
name: vsrx
author:
  - The vsrx.sriov authors (@vsrx)
short_description: NETCONF to a vSRX, with several requests in flight
version_added: 1.1.0
description:
  - Does what the default plugin of ansible.netcommon does, and lets the modules of this collection send what they read of a node at once.
    The answers come in the order of the requests, as RFC 6241 has it (pipelining).
  - Set C(ansible_network_os=vsrx.sriov.vsrx) to use it. Without it the modules send one request after the other and return the same.
options:
  ncclient_device_handler:
    description: The device handler of ncclient.
    type: str
    default: default
"""

import json
import typing as t

from ansible_collections.ansible.netcommon.plugins.netconf.default import Netconf as DefaultNetconf

try:
    from ncclient.operations.errors import TimeoutExpiredError
    from ncclient.xml_ import to_ele
except ImportError:  # the connection plugin says that ncclient is missing
    pass


class Netconf(DefaultNetconf):  # type: ignore[misc]
    """The default plugin, and one call for several requests."""

    def rpc_pipelined(self, requests: list[str], timeout: float) -> str:
        """Send all requests, then wait for their replies; each has ``timeout`` seconds from the reply before it.

        Returns a JSON list of the replies as they came: errors are in them, beside the data that came with them.
        """
        elements = [to_ele(request) for request in requests]
        manager = self.m
        former, manager.async_mode = manager.async_mode, True
        try:
            pending = [manager.rpc(element) for element in elements]
        finally:
            manager.async_mode = former
        return json.dumps([_wait_for_reply(rpc, timeout) for rpc in pending])


def _wait_for_reply(rpc: t.Any, timeout: float) -> str:
    rpc.event.wait(timeout)
    if rpc.error is not None:
        raise rpc.error
    if rpc.reply is None:
        raise TimeoutExpiredError("ncclient timed out while waiting for an rpc reply.")
    return str(rpc.reply.xml)
