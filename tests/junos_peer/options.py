# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a peer is started."""

from __future__ import annotations

import dataclasses
import pathlib

HERE = pathlib.Path(__file__).parent
PERSONALITIES = ("cluster", "standalone")


@dataclasses.dataclass
class Options:
    state_dir: pathlib.Path
    personality: str = "cluster"
    release: str = "24.4R1.9"
    model: str = "vSRX"
    rfc_compliant: bool = False
    config: pathlib.Path | None = None
    topology: pathlib.Path | None = None
    #: replies of a real box, given in place of the peer's own
    replay: pathlib.Path | None = None
    ports: tuple[int, int] = (0, 0)
    boot_delay: float = 3.0
    sync_delay: float = 2.0
    time_scale: float = 1.0

    @property
    def nodes(self) -> int:
        return 1 if self.personality == "standalone" else 2

    @property
    def config_file(self) -> pathlib.Path:
        return self.config or HERE / "configs" / f"{self.personality}.xml"

    @property
    def topology_file(self) -> pathlib.Path:
        return self.topology or HERE / "configs" / f"{self.personality}.yml"
