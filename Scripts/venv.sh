#!/usr/bin/env bash
# Makes the Python virtual environment .venv/ with the packages of Scripts/requirements.txt. Silent when it is
# there and up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=.venv requirements=Scripts/requirements.txt
readonly stamp=$venv/installed-requirements.txt

[[ -x $venv/bin/python ]] && cmp --silent "$requirements" "$stamp" && "$venv/bin/python" -c '' && exit 0

Scripts/install-dependencies.sh python
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "venv: Python 3.11 or later is needed; found $(python3 --version)" >&2
    exit 69
}
echo "venv: making $venv with the packages of $requirements" >&2
python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
