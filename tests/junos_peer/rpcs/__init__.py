# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPCs, one file for each kind."""

from __future__ import annotations

from . import chassis as chassis
from . import commit as commit
from . import configuration as configuration
from . import edit as edit
from . import interfaces as interfaces
from . import locks as locks
from . import reboot as reboot
from . import sessions as sessions
from . import system as system
from .registry import Request as Request
from .registry import answer as answer
