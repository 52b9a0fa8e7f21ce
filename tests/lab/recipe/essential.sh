#!/bin/sh
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# mmdebstrap's essential hook: $1 is the image's root. Puts files/ there before the packages that read them are installed.
set -eu
cd "$(dirname "$0")/files"
find . -type f -perm -100 -exec install -D -m 755 {} "$1"/{} \;
find . -type f ! -perm -100 -exec install -D -m 644 {} "$1"/{} \;
