"""Where the ground-truth pictures are. Run by itself it says what is missing; it needs Python alone.

truth_data.py       exit code 69 and one line when the pictures are not there
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Set: the folder below SOFTISP_DATA that has its PNG files.
FOLDERS = {"Kodak": "kodak", "McMaster": "mcm"}
UNAVAILABLE = 69

HELP = (
    "set SOFTISP_DATA to a folder that has kodak/ with PNG files of the public Kodak Lossless True Color Image Suite "
    "and mcm/ with those of the McMaster demosaicing set (both are free to download)"
)


class DataError(Exception):
    """The ground-truth pictures are not there; the text is one line that says what to do."""


def truth_files() -> dict[str, list[Path]]:
    """The PNG files of every set."""
    root = os.environ.get("SOFTISP_DATA")
    if not root:
        raise DataError(f"SOFTISP_DATA is not set: {HELP}")
    files = {name: sorted(Path(root, folder).glob("*.png")) for name, folder in FOLDERS.items()}
    for name, folder in FOLDERS.items():
        if not files[name]:
            raise DataError(f"no PNG file in {Path(root, folder)}: {HELP}")
    return files


if __name__ == "__main__":
    try:
        truth_files()
    except DataError as error:
        print(f"quality: {error}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
