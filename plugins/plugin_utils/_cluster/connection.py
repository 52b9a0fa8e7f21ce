# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Opens a NETCONF session with any node of the play from an action plugin, with the connection that its variables name."""

from __future__ import annotations

import typing as t

from ansible import constants
from ansible.errors import AnsibleError
from ansible.executor.task_executor import start_connection
from ansible.plugins.loader import connection_loader
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import NoResponseError, RequestError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf import Session

NETCONF = "ansible.netcommon.netconf"
_NAMES = (NETCONF, "netconf")
# These are a host's own, whatever a play says for all.
_OWN = ("ansible_host", "ansible_port", "inventory_hostname")


class Opener:
    """Opens sessions for one task. A session is a helper process of Ansible; the session ends it."""

    def __init__(self, action: t.Any, task_vars: t.Mapping[str, t.Any]) -> None:
        self._action = action
        self._task_vars = task_vars

    def open(self, host: str, answer_timeout: t.Optional[float] = None) -> Session:
        # Which variables the plugin reads is known only after it was loaded.
        loaded = connection_loader.get(NETCONF, class_only=True)
        if loaded is None:
            raise RequestError(f"the connection plugin {NETCONF} was not found; install the collection ansible.netcommon")
        variables = self._variables(host, constants.config.get_plugin_vars("connection", loaded._load_name))
        connection = variables.get("ansible_connection", "not set")
        if connection not in _NAMES:
            raise RequestError(f"{host} has ansible_connection {connection}; expected {NETCONF}, by which Junos is asked")
        context = self._action._play_context.copy()
        context.network_os = variables.get("ansible_network_os")
        context.connection, context.become = NETCONF, False
        plugin = connection_loader.get(NETCONF, context, None, task_uuid=self._action._task._uuid)
        keys = self._action._task.dump_attrs()
        del keys["retries"]
        keys["timeout"] = context.timeout
        if context.password:
            keys["password"] = context.password
        plugin.set_options(task_keys=keys, var_options=variables)
        return self._start(host, plugin, context, answer_timeout)

    def _start(self, host: str, plugin: t.Any, context: t.Any, answer_timeout: t.Optional[float]) -> Session:
        options = plugin.get_options()
        if answer_timeout is not None:
            options["persistent_command_timeout"] = int(answer_timeout)
        context.remote_addr, context.port = options.get("host"), options.get("port")
        context.remote_user, context.private_key_file = options.get("remote_user"), options.get("private_key_file")
        context.password = options.get("password") or context.password
        context.timeout = options["persistent_command_timeout"]
        try:
            return Session(start_connection(context, options, self._action._task._uuid))
        except AnsibleError as failure:
            reason = " ".join(str(failure).split())
            raise NoResponseError(f"{host} does not answer ({reason})", lost=True) from None

    def _variables(self, host: str, names: t.Iterable[str]) -> dict[str, t.Any]:
        """The variables of the connection: the host's own, and what the play gives to all its hosts."""
        hostvars = self._task_vars["hostvars"]
        current = self._task_vars.get("inventory_hostname")
        found = {}
        for name in {"ansible_connection", "ansible_network_os", *names}:
            mine = hostvars[current].get(name) if current in hostvars else None
            of_play = self._task_vars.get(name) if name not in _OWN else None
            if host == current:
                value = self._task_vars.get(name, mine)
            else:
                value = of_play if of_play is not None and of_play != mine else hostvars[host].get(name)
            if value is not None:
                found[name] = value
        return found
