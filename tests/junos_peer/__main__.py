# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command: serve, inventory, fault, log, status, stop."""

from __future__ import annotations

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
