#!/usr/bin/env bash
# Makes sure that the system libraries SoftISP is built with are there.
#
#   Scripts/install-dependencies.sh [SET ...]
#
# Sets: `build` (the default) has the C libraries of the package; `python` has what the Python virtual
# environment of the quality and benchmark scripts needs, `developers` the raw developers that quality is measured
# beside, `peers` what performance is measured beside, `players` the program that tests play written videos with (they
# skip without it), `counters` what instructions are counted with (the check skips without it).
# Nothing missing: silent. Something missing: installed with apt-get where that is possible without a password, else
# named, with exit code 69 (service unavailable).
set -euo pipefail

# One row a library: the Debian package and the pkg-config module that proves it is there elsewhere.
libraries=(
    "libraw-dev       libraw"
    "libturbojpeg0-dev libturbojpeg"
    "libspng-dev      spng"
    "libtiff-dev      libtiff-4"
    "liblcms2-dev     lcms2"
    "libexif-dev      libexif"
    "libisal-dev      libisal"
)
readonly build_tools=(pkg-config)
readonly python_packages=(python3 python3-venv)
readonly raw_developers=(rawtherapee darktable)
readonly peers=(gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad)
readonly players=(ffmpeg)
readonly counters=(valgrind)
readonly unavailable=69

say() { printf '%s\n' "install-dependencies: $*" >&2; }

fail() {
    say "$@"
    exit "$unavailable"
}

has_venv() { python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

# The Debian packages of the named sets, one a line.
debian_packages() {
    local set row
    for set in "$@"; do
        case "$set" in
            build)
                for row in "${libraries[@]}"; do echo "${row%% *}"; done
                printf '%s\n' "${build_tools[@]}"
                ;;
            python) has_venv || printf '%s\n' "${python_packages[@]}" ;;
            developers) printf '%s\n' "${raw_developers[@]}" ;;
            peers) printf '%s\n' "${peers[@]}" ;;
            players) printf '%s\n' "${players[@]}" ;;
            counters) printf '%s\n' "${counters[@]}" ;;
        esac
    done
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# `pkg-config` counts as there when any package provides the command.
missing_debian_packages() {
    local package
    while read -r package; do
        [[ $package == pkg-config ]] && command -v pkg-config >/dev/null && continue
        is_installed "$package" || echo "$package"
    done < <(debian_packages "$@")
}

install_on_debian() {
    local -a missing as_root=()
    mapfile -t missing < <(missing_debian_packages "$@")
    ((${#missing[@]} == 0)) && return

    if ((EUID != 0)); then
        if ! sudo --non-interactive true >/dev/null 2>&1; then
            fail "missing: ${missing[*]}. Please run: sudo apt-get install --yes ${missing[*]}"
        fi
        as_root=(sudo --non-interactive)
    fi
    say "installing ${missing[*]} with apt-get"
    local -a apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes)
    # The package lists may be absent or old, so a first failure is answered by fetching them.
    if ! "${apt_get[@]}" install --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
        "${apt_get[@]}" update >&2
        "${apt_get[@]}" install --no-install-recommends "${missing[@]}" >&2 ||
            fail "apt-get could not install ${missing[*]}; its message is above."
    fi
}

check_elsewhere() {
    local set row
    local -a missing=()
    for set in "$@"; do
        case "$set" in
            build)
                command -v pkg-config >/dev/null || fail "pkg-config is missing; please install it."
                for row in "${libraries[@]}"; do
                    pkg-config --exists "${row##* }" || missing+=("${row##* }")
                done
                ;;
            python) has_venv || fail "python3 with its venv module is missing; please install it." ;;
            developers | peers) ;; # Without them their rows are missing.
            players | counters) ;; # Without them their tests are skipped.
        esac
    done
    ((${#missing[@]} == 0)) || fail "pkg-config does not find: ${missing[*]}. Please install these libraries \
with their headers (Homebrew: brew install libraw jpeg-turbo libspng libtiff little-cms2 libexif isa-l)."
}

main() {
    (($# > 0)) || set -- build
    local set
    for set in "$@"; do
        case "$set" in
            build | python | developers | peers | players | counters) ;;
            *)
                say "unknown set '$set'; the sets are: build, python, developers, peers, players, counters"
                exit 64
                ;;
        esac
    done
    if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
        install_on_debian "$@"
    else
        check_elsewhere "$@"
    fi
}

main "$@"
