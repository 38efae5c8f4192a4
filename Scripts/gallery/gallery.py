"""Writes a page on which SoftISP's pictures of real raw frames stand beside those of its peers.

    gallery.py --softisp .build/release/softisp [--output gallery/index.html] [FRAME ...]

FRAME is a part of a frame's name; without any, all frames and the stages are shown. The pictures go to images/ beside the
page. Exit code 69 when data or a tool is not there.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))

from command_peers import CommandPeerError
from contenders import check_tools, contenders, develop_stage, frame_facts, versions
from frames import Crop, Frame
from metrics import Array
from page import Part, Row, page
from pictures import Shown, lifted, matched, window, write_overview, write_window
from raw_data import check_frames, chosen_frames, data_folder
from section import OURS, Context
from softisp import SoftISPError
from stages import STAGES, Stage
from truth_data import UNAVAILABLE, DataError

NOTES = [
    "Windows of real frames, pixel for pixel. Hold a picture down to see the first of its row in its place.",
    "Like with like: all pictures of a row are brought to the mean luminance of SoftISP's, by one factor for each in linear "
    "light. Where tone curves differ, or much is saturated, equal means do not make equal tones; look at the detail. Where "
    "a row says that it is brighter, all its pictures are, by the same factor.",
    "SoftISP: its defaults. Neutral: the plain sRGB curve and no exposure correction, so that tone does not hide the "
    "detail. Demosaic alone: the same without denoise and sharpening, which is what the peers do; defects, lens shading and "
    "highlights are still corrected.",
    "LibRaw (through rawpy): camera white balance, the file's matrix, no automatic brightness. OpenCV: gains, edge-aware "
    "demosaic, the file's matrix. RawTherapee: neutral, AMaZE, the file's matrix. darktable: no tone curve, no sharpening; "
    "its own highlight reconstruction stays on. None of them denoises or looks for defects. A file without gains is balanced "
    "by all with those that SoftISP estimates; one without a matrix is shown in the camera's colours.",
]


def progress(text: str) -> None:
    print(f"gallery: {text}", file=sys.stderr, flush=True)


def slug(*words: str) -> str:
    return "-".join(words).lower().replace(" ", "-").replace(",", "")


def row(crop: Crop, pictures: list[Shown]) -> Row:
    return Row(crop.name, f"{crop.look_at} · {crop.width}x{crop.height} at {crop.x}, {crop.y}", pictures)


def frame_part(context: Context, folder: Path, frame: Frame) -> Part:
    """A frame by everybody."""
    file = context.data / "raw" / frame.file
    facts = frame_facts(file)
    stem = file.stem
    shown: dict[str, list[Shown]] = {crop.name: [] for crop in frame.crops}
    references: dict[str, Array] = {}
    overview: Shown | None = None
    for name, develop in contenders(context, file):
        picture = develop()
        if overview is None:
            size = f"{picture.shape[1]}x{picture.shape[0]}"
            caption = f"{frame.file}: {facts['format']}, {size}, by SoftISP at its defaults, scaled down"
            overview = write_overview(folder, stem, caption, picture)
            references = {crop.name: window(picture, crop) for crop in frame.crops}
        for crop in frame.crops:
            codes = matched(window(picture, crop), references[crop.name], crop)
            shown[crop.name].append(write_window(folder, slug(stem, crop.name, name), name, codes))
    rows = [row(crop, shown[crop.name]) for crop in frame.crops]
    return Part(frame.title, frame.caption, overview, rows)


def stage_part(context: Context, folder: Path, stage: Stage) -> Part:
    """A stage with its option at several values; nothing is brought to one brightness here."""
    pictures = develop_stage(context, stage)
    source = stage.frame or "the synthetic camera at ISO 6400 (softisp capture --iso 6400 --psf 0.5)"
    rows = []
    for crop in stage.crops:
        stem = slug("stage", stage.option, Path(stage.frame or "noisy").stem, crop.name)
        shown = [
            write_window(folder, slug(stem, value), f"--{stage.option} {value}", lifted(window(picture, crop), crop))
            for value, picture in pictures
        ]
        rows.append(row(crop, shown))
    frame = stage.frame.split("_")[0] if stage.frame else "noisy frame"
    return Part(f"Stage: {stage.title}, {frame}", f"{source}, everything else at its default.", None, rows)


def write_gallery(softisp: Path, output: Path, names: list[str]) -> None:
    """Develops everything and writes the page."""
    check_frames(names)
    check_tools()
    folder = output.parent
    shutil.rmtree(folder / "images", ignore_errors=True)
    (folder / "images").mkdir(parents=True)
    parts = []
    with tempfile.TemporaryDirectory(prefix="softisp-gallery-") as work:
        context = Context(softisp, data_folder(), Path(work))
        for frame in chosen_frames(names):
            start = time.monotonic()
            parts.append(frame_part(context, folder, frame))
            progress(f"{frame.file}: {time.monotonic() - start:.0f} s")
        for stage in [] if names else STAGES:
            start = time.monotonic()
            parts.append(stage_part(context, folder, stage))
            progress(f"stage {stage.title} ({stage.frame or 'synthetic'}): {time.monotonic() - start:.0f} s")
    made = f"Made on {datetime.date.today().isoformat()} by make gallery, with {', '.join(versions(softisp))}."
    output.write_text(page("SoftISP beside its peers", made, NOTES, parts, OURS), encoding="utf-8")
    progress(f"{output} written")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--softisp", type=Path, required=True, help="the softisp command whose pictures are shown")
    parser.add_argument("--output", type=Path, default=Path("gallery/index.html"), help="the page to write")
    parser.add_argument("frames", nargs="*", metavar="FRAME", help="part of a frame's name; default all frames and stages")
    arguments = parser.parse_args()
    try:
        write_gallery(arguments.softisp, arguments.output, arguments.frames)
    except (DataError, CommandPeerError, SoftISPError) as error:
        progress(str(error))
        return UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
