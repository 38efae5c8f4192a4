"""Where the raw frames are. Run by itself it says what is missing; it needs Python alone.

raw_data.py [FRAME ...]     exit code 69 and one line when a frame is not there
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))

from frames import FRAMES, Frame
from stages import STAGES
from truth_data import UNAVAILABLE, DataError

HELP = "set SOFTISP_DATA to a folder that has the frames of Scripts/gallery/frames.py in raw/, each with its sidecar"


def data_folder() -> Path:
    """The folder that SOFTISP_DATA names."""
    root = os.environ.get("SOFTISP_DATA")
    if not root:
        raise DataError(f"SOFTISP_DATA is not set: {HELP}")
    return Path(root)


def chosen_frames(names: list[str]) -> list[Frame]:
    """The frames whose names contain one of some words; without words, all."""
    for name in names:
        if not any(name in frame.file for frame in FRAMES):
            raise DataError(f"no frame is called {name}; there are {', '.join(frame.file for frame in FRAMES)}")
    return [frame for frame in FRAMES if not names or any(name in frame.file for name in names)]


def check_frames(names: list[str]) -> None:
    """Every frame that is to be shown must be there."""
    files = [frame.file for frame in chosen_frames(names)]
    files += [] if names else [stage.frame for stage in STAGES if stage.frame]
    for file in files:
        for path in (data_folder() / "raw" / file, data_folder() / "raw" / f"{file}.json"):
            if not path.exists():
                raise DataError(f"{path} is not there: {HELP}")


if __name__ == "__main__":
    try:
        check_frames(sys.argv[1:])
    except DataError as error:
        print(f"gallery: {error}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
