#!/usr/bin/env bash
# Fails with one clear line (exit 69) unless `swift` is there and new enough. Silent otherwise.
set -euo pipefail

readonly needed_major=6 needed_minor=3

fail() {
    printf '%s\n' "check-toolchain: SoftISP needs Swift $needed_major.$needed_minor or later; $1. \
Install it from https://www.swift.org/install and put its bin folder on PATH." >&2
    exit 69
}

command -v swift >/dev/null || fail "no 'swift' is on PATH"
answer=$(swift --version 2>/dev/null) || fail "'swift --version' failed"
[[ $answer =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "'swift --version' gave no version"
major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
((major > needed_major || (major == needed_major && minor >= needed_minor))) || fail "found $major.$minor"
