# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a host that may come from a snapshot its own: clock, name, randomness. Runs on the host: python3 -c ... NAME SEED.

The time comes over standard input once the interpreter is up, so that a busy machine's slow start does not make it late.
"""

import fcntl
import os
import socket
import sys
import time

RNDADDENTROPY, RNDRESEEDCRNG = 0x40085203, 0x5207

name, seed = sys.argv[1], bytes.fromhex(sys.argv[2])
socket.sethostname(name)
with open("/etc/hostname", "w") as file:  # noqa: PTH123 - pathlib costs a third of a second to import under emulation
    file.write(name + "\n")
# Two hosts restored from one snapshot would draw the same "random" UUIDs and MAC addresses.
random = os.open("/dev/urandom", os.O_RDWR)
fcntl.ioctl(random, RNDADDENTROPY, (8 * len(seed)).to_bytes(4, "little") + len(seed).to_bytes(4, "little") + seed)
fcntl.ioctl(random, RNDRESEEDCRNG)
print("time?", flush=True)
time.clock_settime(time.CLOCK_REALTIME, float(sys.stdin.readline()))
print(time.time(), flush=True)
