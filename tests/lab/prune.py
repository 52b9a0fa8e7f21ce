# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove what the cache holds of recipes that are no longer in use."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import accel, hosts, image, paths, snapshot
from lab.image import Image
from lab.machine import Machine


def prune() -> list[Path]:
    """What was removed. Images that a running host stands on stay, and so do the present recipe's, of each release."""
    with paths.locked("build"), paths.locked("snapshot"), paths.locked("snapshot-guest"):
        cache = paths.cache()
        kept = {image.key(suite) for suite in image.RELEASES}
        for present in [Image(cache / key) for key in kept]:
            if present.directory.exists():
                first = snapshot.key(present, accel.choose(present))
                kept |= {first, first + snapshot.GUEST}
        kept |= {state.image for name in paths.host_names() if hosts.get(name).pid and (state := hosts.get(name).state)}
        stale = [path for path in sorted(cache.iterdir()) if path.name.startswith(("image-", "boot-")) and path.name not in kept]
        for path in stale:
            Machine("first", path).stop()  # left by a killed process; whoever makes one now holds the locks
            shutil.rmtree(path)
    return stale
