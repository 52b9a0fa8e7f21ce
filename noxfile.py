# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that antsibull-nox.toml chooses; `nox --list` tells them."""

from __future__ import annotations

import antsibull_nox
import nox

# The development environment has what they need.
nox.options.default_venv_backend = "none"
antsibull_nox.load_antsibull_nox_toml()
