# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A trial on a real vSRX image: two nodes, a cluster, the Junos side of the playbook `site` twice, and a record of all that was said."""
