# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install pip into a fresh virtual environment from the interpreter's own bundled wheel.

ansible-test downloads a script for this; tests/env/sanity puts this one in its place where that download fails.
It takes the arguments of that script: requirements and pip's options, and the two switches that pip does not know.
"""

from __future__ import annotations

import ensurepip
import pathlib
import runpy
import sys

(wheel,) = (pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.path.insert(0, str(wheel))
sys.argv = ["pip", "install", *arguments]
runpy.run_module("pip", run_name="__main__")
