# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The base of the action plugins that work on a whole cluster: options, sessions with any node of the play, progress, and a result."""

from __future__ import annotations

import contextlib
import typing as t

from ansible import constants
from ansible.errors import AnsibleError
from ansible.executor.task_executor import start_connection
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

from ...module_utils._errors import NoResponseError, RequestError, VsrxError
from ...module_utils._junos.netconf import Session
from .._results.formats import clean_data
from .look import Look, find_members
from .operations import Operations
from .paths import Paths
from .waiting import Progress, Waiter

NETCONF = "ansible.netcommon.netconf"
_NAMES = (NETCONF, "netconf")
# These are a host's own, whatever a play says for all.
_OWN = ("ansible_host", "ansible_port", "inventory_hostname")
#: options that all of them have
COMMON: dict[str, dict[str, t.Any]] = {
    "cluster": {"type": "str", "required": True},
    "nodes": {"type": "dict"},
    "sync_timeout": {"type": "int", "default": 900},
    "poll_interval": {"type": "float", "default": 5},
    "answer_timeout": {"type": "int", "default": 30},
}


class Opener:
    """Opens sessions for one task. A session is a helper process of Ansible; the session ends it."""

    def __init__(self, action: t.Any, task_vars: t.Mapping[str, t.Any]) -> None:
        self._action = action
        self._task_vars = task_vars

    def open(self, host: str, answer_timeout: t.Optional[float] = None) -> Session:
        return Session(self.start(host, answer_timeout))

    def start(self, host: str, answer_timeout: t.Optional[float] = None) -> str:
        """Start a helper with a session; returns the path of its socket, as a module is given it."""
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

    def _start(self, host: str, plugin: t.Any, context: t.Any, answer_timeout: t.Optional[float]) -> str:
        options = plugin.get_options()
        if answer_timeout is not None:
            options["persistent_command_timeout"] = int(answer_timeout)
        context.remote_addr, context.port = options.get("host"), options.get("port")
        context.remote_user, context.private_key_file = options.get("remote_user"), options.get("private_key_file")
        context.password = options.get("password") or context.password
        context.timeout = options["persistent_command_timeout"]
        try:
            return str(start_connection(context, options, self._action._task._uuid))
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


class ClusterAction(ActionBase):  # type: ignore[misc]
    """Runs on the control node, for one host of the cluster; it opens its own sessions with both nodes."""

    _supports_check_mode = True
    _requires_connection = False
    TRANSFERS_FILES = False
    _options: t.ClassVar[dict[str, dict[str, t.Any]]] = {}

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _unused, params = self.validate_argument_spec({**COMMON, **self._options})
        warnings: list[str] = []
        try:
            with open_waiter(self, task_vars or {}, params) as waiter:
                operations = Operations(waiter, params["sync_timeout"], warnings.append)
                result.update(steps=operations.steps, rebooted=operations.rebooted)
                result.update({"changed": False, **self.work(params, operations)})
        except VsrxError as failure:
            # What was done before the failure is reported as well: a node may have been rebooted.
            result.update(changed=bool(result.get("steps")), failed=True, msg=f"cluster {params['cluster']}: {failure.message}")
            result.update(failure.facts)
        if not result.get("rebooted"):
            result.pop("rebooted", None)
        if warnings:
            result["warnings"] = [f"{params['cluster']}: {text}" for text in dict.fromkeys(warnings)]
        # Junos' words are in it: nothing of them may move a terminal's cursor.
        return t.cast("dict[str, t.Any]", clean_data(result))

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        """What the task does, and the part of its result that it adds."""
        raise NotImplementedError


@contextlib.contextmanager
def open_waiter(action: ActionBase, task_vars: dict[str, t.Any], params: t.Mapping[str, t.Any]) -> t.Iterator[Waiter]:
    """What looks at the cluster through both nodes; its sessions are ended with the block."""
    hosts = params["nodes"] or _find_hosts(task_vars, params["cluster"])
    paths = Paths(Opener(action, task_vars), hosts, params.get("state") != "absent", params["answer_timeout"])
    try:
        yield Waiter(paths, Progress(Display(), params["cluster"]), max(0.05, params["poll_interval"]))
    finally:
        paths.close()


def _find_hosts(task_vars: dict[str, t.Any], cluster: str) -> dict[str, str]:
    """node0 and node1 -> inventory name, of the hosts of the play that share the cluster's name."""
    names = [name for name in task_vars["ansible_play_hosts_all"] if name in task_vars["hostvars"]]
    return find_members(task_vars["hostvars"], names, cluster)


def describe_look(look: Look) -> dict[str, t.Any]:
    """Nodes, cluster and reths, as the modules return them."""
    return {name: look.document[name] for name in ("nodes", "cluster", "reths")}
