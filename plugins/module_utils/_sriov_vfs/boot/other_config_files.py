# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Looks where distributions keep what sets VFs at boot, by the rules of each place: overrides, drop-ins, what is enabled."""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import typing as t

from ..._host.fs import DEVICES, RootFs
from . import parse_configs, parse_ini, parse_yaml
from .other_config import UNKNOWN, Key, OtherConfig, Test
from .unit import UNIT

#: configurations are small; what is longer is none
_LONGEST = 1024 * 1024
_SYSTEMD = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd")
_UNITS = tuple(f"{top}/system" for top in _SYSTEMD)
_MENTIONS = ("sriov_numvfs", " vf ")
#: units of others that are known, whose configuration is read instead, or that do nothing here
_KNOWN_UNITS = (UNIT, "netplan-sriov-apply.service", "netplan-sriov-rebind.service")
_SCRIPTS = (
    ("/etc/network/if-up.d", "a hook of ifupdown", True),
    ("/etc/network/if-pre-up.d", "a hook of ifupdown", True),
    ("/etc/NetworkManager/dispatcher.d", "a dispatcher script of NetworkManager", True),
    ("/etc/NetworkManager/dispatcher.d/pre-up.d", "a dispatcher script of NetworkManager", True),
    ("/usr/lib/NetworkManager/dispatcher.d", "a dispatcher script of NetworkManager", True),
    ("/etc/networkd-dispatcher/routable.d", "a script of networkd-dispatcher", True),
    ("/etc/networkd-dispatcher/configured.d", "a script of networkd-dispatcher", True),
    # These run when something else than the boot starts them, or only where links of their runlevel say so.
    ("/etc/init.d", "a script of SysV init", False),
    ("/etc/libvirt/hooks", "a hook of libvirt", False),
    ("/etc/libvirt/hooks/qemu.d", "a hook of libvirt", False),
    ("/etc/libvirt/hooks/network.d", "a hook of libvirt", False),
)


class ConfigReader:
    """Reads all places of one host."""

    def __init__(self, fs: RootFs) -> None:
        self._fs = fs
        self._wanted: t.Optional[set[str]] = None

    def _text(self, path: str) -> str:
        return self._fs.read_text(path, _LONGEST) or ""

    def _overlaid(self, folders: t.Sequence[str], pattern: str) -> dict[str, str]:
        """Return the files of several folders by name: the first folder that has a name decides, sorted by name as they are read."""
        found: dict[str, str] = {}
        for folder in folders:
            for name in self._fs.list_names(folder):
                if fnmatch.fnmatchcase(name, pattern):
                    found.setdefault(name, f"{folder}/{name}")
        return dict(sorted(found.items()))

    def _with_drop_ins(self, folders: t.Sequence[str], name: str, path: str) -> str:
        drop_ins = self._overlaid([f"{folder}/{name}.d" for folder in folders], "*.conf")
        return "\n".join([self._text(path), *(self._text(each) for each in drop_ins.values())])

    def _is_wanted(self, unit: str) -> bool:
        """Tell whether something starts a unit at boot: a link of another unit's, as systemctl enable makes it."""
        if self._wanted is None:
            self._wanted = set()
            for folder in _UNITS:
                for name in self._fs.list_names(folder):
                    if name.endswith((".wants", ".requires", ".upholds")):
                        self._wanted.update(self._fs.list_names(f"{folder}/{name}"))
        base = unit.rpartition(".")[0]
        return any(each in self._wanted for each in (unit, f"{base}.timer", f"{base}.path"))

    def _is_executable(self, path: str) -> bool:
        return os.access(self._fs.locate(path), os.X_OK)

    def _scripts_of(self, path: str, command: str, how: str, enabled: bool) -> t.Iterator[OtherConfig]:
        for script in parse_configs.find_scripts(command):
            if script != path and not script.startswith(("/sys/", "/dev/", "/proc/")):
                data = self._fs.read_bytes(script, _LONGEST)
                # A program is no script.
                if data is not None and b"\0" not in data[:1024] and any(word.encode() in data for word in _MENTIONS):
                    yield from parse_configs.parse_script(script, data.decode("utf-8", "replace"), how, enabled)

    def _read_units(self) -> t.Iterator[OtherConfig]:
        for name, path in self._overlaid(_UNITS, "*.service").items():
            # Of a distribution's hundreds of units those are read that say or name what they do; an administrator's may start any script.
            foreign = path.startswith(("/usr/lib/", "/lib/")) and "sriov" not in name
            if name in _KNOWN_UNITS or (foreign and "sriov_numvfs" not in self._text(path)):
                continue
            text = self._with_drop_ins(_UNITS, name, path)
            if name.endswith("@.service"):
                prefix = name[: -len(".service")]
                self._is_wanted(name)
                instances = [each[len(prefix) : -len(".service")] for each in self._wanted or () if each.startswith(prefix)]
            else:
                instances = [""]
            for instance in sorted(instances) or ["$instance"]:
                enabled = self._is_wanted(name) if instance == "" else instance != "$instance"
                how = f"unit {name}" if enabled else f"unit {name}, which is not enabled"
                yield from parse_configs.parse_unit(path, text, how, instance, enabled)
                for _line, command in parse_configs.list_unit_commands(text, instance):
                    yield from self._scripts_of(path, command, f"a script of {how}", enabled)

    def _read_scripts(self) -> t.Iterator[OtherConfig]:
        for path in ("/etc/rc.local", "/etc/rc.d/rc.local"):
            # rc-local.service runs it only where it is executable.
            how = "rc.local" if self._is_executable(path) else "rc.local, which is not executable"
            text = self._text(path)
            if text and self._fs.list_names("/etc/rc.d") and path == "/etc/rc.local" and self._fs.read_link(path):
                continue
            yield from parse_configs.parse_script(path, text, how, self._is_executable(path))
            for script in parse_configs.find_scripts(text):
                yield from self._scripts_of(path, script, f"a script of {how}", self._is_executable(path)) if text else ()
        for folder, how, at_boot in _SCRIPTS:
            for name in self._fs.list_names(folder):
                # For which interface it runs is not known before: $1 of NetworkManager, $IFACE of ifupdown.
                yield from parse_configs.parse_script(f"{folder}/{name}", self._text(f"{folder}/{name}"), how, at_boot)
        for path in ("/etc/crontab", *(f"/etc/cron.d/{name}" for name in self._fs.list_names("/etc/cron.d"))):
            yield from parse_configs.parse_cron(path, self._text(path))
        for path in ("/var/spool/cron/root", "/var/spool/cron/crontabs/root"):
            yield from parse_configs.parse_cron(path, self._text(path))
        for folder, pattern in (("/etc/network", "interfaces"), ("/etc/network/interfaces.d", "*")):
            for path in self._overlaid([folder], pattern).values():
                yield from parse_configs.parse_interfaces(path, self._text(path))
        # Of a distribution's own rules none starts a script that makes VFs.
        for path in self._overlaid([f"{top}/udev/rules.d" for top in ("/etc", "/run", "/usr/local/lib")], "*.rules").values():
            for command, tests in parse_configs.find_udev_programs(self._text(path)):
                for config in self._scripts_of(path, command, "a script of a udev rule", True):
                    yield dataclasses.replace(config, tests=(*tests, *config.tests))

    def _read_options(self) -> t.Iterator[OtherConfig]:
        folders = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
        parsed = [
            each for path in self._overlaid(folders, "*.conf").values() for each in parse_configs.parse_modprobe(path, self._text(path))
        ]
        parsed += parse_configs.parse_cmdline("/proc/cmdline", self._fs.read_text("/proc/cmdline", _LONGEST) or "")
        for driver, config, numbers in parsed:
            # Of one option the last value counts, wherever it stands; a list gives the ports of the driver theirs in the order of the bus.
            ports = [name for name in self._fs.list_names(f"/sys/bus/pci/drivers/{driver}") if self._fs.exists(f"{DEVICES}/{name}")]
            if numbers and ports:
                for position, address in enumerate(ports):
                    number = numbers[position] if position < len(numbers) else 0
                    yield dataclasses.replace(config, number=number, tests=(*config.tests, Test(Key.ADDRESS, (address,))))
            elif numbers and len(set(numbers)) > 1:
                yield dataclasses.replace(config, number=None, number_unknown=True)
            else:
                yield config

    def _read_network(self) -> t.Iterator[OtherConfig]:
        for top, parser in (("system-connections", parse_ini.parse_nm_keyfile), ("conf.d", parse_ini.parse_nm_conf)):
            folders = [f"{base}/NetworkManager/{top}" for base in ("/etc", "/run", "/usr/lib")]
            for path in self._overlaid(folders, "*").values():
                yield from parser(path, self._text(path))
        yield from parse_ini.parse_nm_conf("/etc/NetworkManager/NetworkManager.conf", self._text("/etc/NetworkManager/NetworkManager.conf"))
        for path in self._overlaid(["/etc/sysconfig/network-scripts"], "ifcfg-*").values():
            yield from parse_ini.parse_ifcfg(path, self._text(path))
        folders = [f"{top}/network" for top in _SYSTEMD]
        for suffix in ("link", "network"):
            for name, path in self._overlaid(folders, f"*.{suffix}").items():
                config = parse_ini.parse_systemd_net(path, self._with_drop_ins(folders, name, path), f"systemd's .{suffix} files")
                # networkd may not run.
                if suffix == "network" and not self._is_wanted("systemd-networkd.service"):
                    config = dataclasses.replace(config, tests=(*config.tests, UNKNOWN))
                yield config
        netplan = self._overlaid(["/run/netplan", "/etc/netplan", "/usr/lib/netplan", "/lib/netplan"], "*.yaml")
        yield from parse_yaml.parse_netplan({path: self._text(path) for path in netplan.values()})
        for path in self._overlaid(["/etc/nmstate"], "*.yml").values():
            yield from parse_yaml.parse_nmstate(path, self._text(path))
        agents = [
            ("/etc/os-net-config", "sriov_config.yaml"),
            ("/var/lib/os-net-config", "sriov_config.yaml"),
            ("/etc/sriov-operator", "*.yaml"),
        ]
        if not self._fs.exists("/etc/cloud/cloud-init.disabled"):
            cloud = self._overlaid(["/etc/cloud/cloud.cfg.d"], "*.cfg")
            for path in ("/etc/cloud/cloud.cfg", *cloud.values()):
                yield from parse_yaml.parse_cloud_init(path, self._text(path))
        for profile in self._text("/etc/tuned/active_profile").split():
            for folder in ("/etc/tuned", "/etc/tuned/profiles", "/usr/lib/tuned", "/usr/lib/tuned/profiles"):
                yield from parse_ini.parse_tuned(f"{folder}/{profile}/tuned.conf", self._text(f"{folder}/{profile}/tuned.conf"))
        for folder, pattern in agents:
            for path in self._overlaid([folder], pattern).values():
                yield from parse_yaml.parse_agent(path, self._text(path))

    def read(self) -> list[OtherConfig]:
        """Return every place that sets VFs, but for what the collection itself has put there."""
        found = [*self._read_options(), *self._read_network(), *self._read_units(), *self._read_scripts()]
        for folders, pattern, parser in (
            (
                [f"{top}/udev/rules.d" for top in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")],
                "*.rules",
                parse_configs.parse_udev,
            ),
            ([f"{top}/tmpfiles.d" for top in ("/etc", "/run", "/usr/local/lib", "/usr/lib")], "*.conf", parse_configs.parse_tmpfiles),  # noqa: S108
            (["/etc/sysfs.d"], "*.conf", parse_configs.parse_sysfs_conf),
            (["/etc"], "sysfs.conf", parse_configs.parse_sysfs_conf),
        ):
            for path in self._overlaid(folders, pattern).values():
                found += parser(path, self._text(path))
        return found


def read(fs: RootFs) -> list[OtherConfig]:
    """Return every place of the host that sets VFs at boot."""
    return ConfigReader(fs).read()
