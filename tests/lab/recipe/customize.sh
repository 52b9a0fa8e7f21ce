#!/bin/sh
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# mmdebstrap's customize hook: $1 is the image's root. KEYS holds the keys made for this image, BOOT receives kernel and initrd.
set -eu
root=$1

echo lab > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 lab\n' > "$root/etc/hosts"
: > "$root/etc/fstab"
tr -d - < /proc/sys/kernel/random/uuid > "$root/etc/machine-id"   # else systemd takes each boot for the first

rm -f "$root"/etc/ssh/ssh_host_*
install -m 600 "$KEYS/host" "$root/etc/ssh/ssh_host_ed25519_key"
install -m 644 "$KEYS/host.pub" "$root/etc/ssh/ssh_host_ed25519_key.pub"
install -d -m 700 "$root/root/.ssh"
install -m 600 "$KEYS/user.pub" "$root/root/.ssh/authorized_keys"

# The lab's host has no use for these, and each one costs seconds of a boot under emulation.
chroot "$root" systemctl mask -q \
    NetworkManager-wait-online.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    getty@tty1.service serial-getty@ttyS0.service ldconfig.service systemd-hwdb-update.service \
    systemd-journal-catalog-update.service systemd-networkd-wait-online.service systemd-update-done.service \
    systemd-pcrphase.service systemd-pcrphase-sysinit.service systemd-tpm2-setup.service systemd-tpm2-setup-early.service
chroot "$root" systemctl enable -q systemd-networkd.service ssh.service libvirtd.service
chroot "$root" systemctl set-default -q multi-user.target

chroot "$root" update-initramfs -u -k all
cp "$root"/boot/vmlinuz-* "$BOOT/vmlinuz"
cp "$root"/boot/initrd.img-* "$BOOT/initrd.img"
cp -R "$(dirname "$0")/guest" "$root/tmp/guest"
chroot "$root" python3 /tmp/guest/make.py /tmp/guest /var/lib/lab-guest
rm -rf "$root/tmp/guest"
rm -f "$root"/boot/initrd.img-* "$root"/vmlinuz* "$root"/initrd.img*
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
