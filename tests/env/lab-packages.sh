#!/usr/bin/env bash
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Install what the lab needs: QEMU 8 or later (the first with an SR-IOV NIC) and the tools that build its image.
# Safe to repeat: with everything in place it runs no apt command at all.
set -euo pipefail

packages=(qemu-system-x86 qemu-utils mmdebstrap e2fsprogs openssh-client debian-archive-keyring)
lowest_qemu=8.0
source_entry=/etc/apt/sources.list.d/vsrx-sriov-backports.sources
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'lab-packages: %s\n' "$*" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
reaches() { [ "$(printf '%s\n%s\n' "$1" "$lowest_qemu" | sort -V | head -n 1)" = "$lowest_qemu" ]; }

installed_qemu() { qemu-system-x86_64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'; }
# Every version that a source of this machine offers, whatever its priority, without the epoch.
offered_qemu() { apt-cache madison qemu-system-x86 2>/dev/null | awk -F'|' '{gsub(/ /, "", $2); sub(/^[0-9]+:/, "", $2); print $2}' | sort -V | tail -n 1; }

missing_packages() {
    local package
    for package in "${packages[@]}"; do installed "$package" || echo "$package"; done
}

# The URI and the keys with which this machine already reads its release: "URI<TAB>SIGNED-BY".
debian_source() {
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        awk -v suite="$1" 'BEGIN {RS = ""; FS = "\n"}
            { uri = keys = suites = ""; off = 0
              for (i = 1; i <= NF; i++) {
                  if ($i ~ /^URIs:/) { split($i, word, /[ \t]+/); uri = word[2] }
                  if ($i ~ /^Suites:/) { suites = $i " " }
                  if ($i ~ /^Signed-By:/) { keys = $i; sub(/^Signed-By:[ \t]*/, "", keys) }
                  if ($i ~ /^Enabled:[ \t]*no/) { off = 1 }
              }
              if (!off && suites ~ "[ \t]" suite "[ \t]") { print uri "\t" keys; exit } }' "$file"
    done
    [ ! -e /etc/apt/sources.list ] || awk -v suite="$1" '$1 == "deb" {
        keys = ""; sub(/^deb[ \t]+/, "")
        if (match($0, /^\[[^]]*\][ \t]*/)) { options = substr($0, 1, RLENGTH); $0 = substr($0, RLENGTH + 1)
            if (match(options, /signed-by=[^] \t]*/)) keys = substr(options, RSTART + 10, RLENGTH - 10) }
        if ($2 == suite) { print $1 "\t" keys; exit } }' /etc/apt/sources.list
}

add_backports() {
    local found uri keys
    found=$(debian_source "$VERSION_CODENAME" | head -n 1)
    [ -n "$found" ] || die "no source of $VERSION_CODENAME in /etc/apt: where its backports are is not known; add them and run this again"
    uri=${found%%$'\t'*} keys=${found#*$'\t'}
    # The keys of the release's own source, else Debian's: never every key that this machine trusts for anything.
    if [ -z "$keys" ]; then
        keys=/usr/share/keyrings/debian-archive-keyring.gpg
        [ -e "$keys" ] || DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends debian-archive-keyring >/dev/null
    fi
    say "Adding $VERSION_CODENAME-backports to the package sources ($source_entry)"
    printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\nSigned-By: %s\n' "$uri" "$VERSION_CODENAME" "$keys" |
        $sudo tee "$source_entry" >/dev/null
    $sudo apt-get update -qq
}

command -v apt-get >/dev/null || die "not a Debian family system: install QEMU $lowest_qemu or later and ${packages[*]} yourself"
# shellcheck source=/dev/null
. /etc/os-release

mapfile -t missing < <(missing_packages)
target=()
if ! reaches "$(installed_qemu || true)"; then
    say "Looking for QEMU $lowest_qemu or later"
    $sudo apt-get update -qq
    if ! reaches "$(offered_qemu)"; then
        [ "$ID" = debian ] || die "$PRETTY_NAME offers QEMU $(offered_qemu); the lab needs $lowest_qemu or later (Ubuntu 24.04 or later)"
        add_backports
        reaches "$(offered_qemu)" || die "$VERSION_CODENAME-backports offers QEMU $(offered_qemu); the lab needs $lowest_qemu or later"
    fi
    [ ! -e "$source_entry" ] || target=(-t "$VERSION_CODENAME-backports")
    missing+=(qemu-system-x86 qemu-utils)
elif [ ${#missing[@]} -gt 0 ]; then
    $sudo apt-get update -qq
    [ ! -e "$source_entry" ] || target=(-t "$VERSION_CODENAME-backports")
fi
if [ ${#missing[@]} -gt 0 ]; then
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
    say "Installing ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${target[@]}" "${missing[@]}" >/dev/null
fi
say "QEMU $(installed_qemu) and the tools of the image build are in place"
