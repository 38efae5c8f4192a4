"""Where the pictures are that `make bench-peers` needs. Run by itself it says what is missing; it needs Python alone.

peer_data.py       exit code 69 and one line when something is not there
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

UNAVAILABLE = 69

# A frame of a real scene with leaves, grass and sky, and a camera file for LibRaw.
FRAME = "iisp_outdoor1_2592x1536_grbg8.raw"
CAMERA_FILE = "bmpcc4k_4128x2176.dng"

HELP = (
    "set SOFTISP_DATA to a folder that has kodak/ with PNG files of the public Kodak Lossless True Color Image Suite (free "
    f"to download), and in raw/ {FRAME} with its sidecar (the outdoor frame of 10x-Engineers/Infinite-ISP_ReferenceModel) "
    f"and {CAMERA_FILE} (Blackmagic.dng of imageio/test_images)"
)


class DataError(Exception):
    """Pictures are not there; the text is one line that says what to do."""


@dataclass(frozen=True)
class PeerData:
    """The files."""

    frame: Path
    camera_file: Path
    truth: list[Path]


def find_data() -> PeerData:
    """The files in the folder that SOFTISP_DATA names."""
    root = os.environ.get("SOFTISP_DATA")
    if not root:
        raise DataError(f"SOFTISP_DATA is not set: {HELP}")
    raw, truth = Path(root, "raw"), sorted(Path(root, "kodak").glob("*.png"))
    for file in (raw / FRAME, raw / f"{FRAME}.json", raw / CAMERA_FILE):
        if not file.exists():
            raise DataError(f"{file} is not there: {HELP}")
    if not truth:
        raise DataError(f"no PNG file in {Path(root, 'kodak')}: {HELP}")
    return PeerData(raw / FRAME, raw / CAMERA_FILE, truth)


if __name__ == "__main__":
    try:
        find_data()
    except DataError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
