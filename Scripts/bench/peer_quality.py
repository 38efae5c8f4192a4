"""What the demosaics of Halide's pipeline and of SoftISP's `malvar-check` reach on pictures of known colours: a pipeline that is
fast and wrong is no measure."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))

import numpy as np
from halide_peer import DEMOSAIC_ALONE
from images import Picture, rggb_mosaic
from metrics import psnr
from peer_client import Peer
from peer_contestants import WORDS, plan_command, script
from peer_frames import NEUTRAL, WHITE, Frame, write_frame
from PIL import Image

MALVAR_CHECK = "malvar-check"


def truth_frame(picture: Picture, folder: Path) -> Frame:
    """The mosaic of a picture's 8-bit codes in 10 bits."""
    mosaic = (rggb_mosaic(picture).astype(np.uint32) * WHITE + 127) // 255
    return write_frame(folder, "truth", mosaic.astype(np.uint16), NEUTRAL)


def developed(name: str, command: list[str], frame: Frame, folder: Path) -> Picture:
    with Peer(name, command) as peer:
        peer.run()
        return np.frombuffer(peer.write(folder / "picture.rgb"), np.uint8).reshape(frame.height, frame.width, 3)


def score(picture: Picture, truth: Picture) -> float:
    """Colour PSNR in dB without a border of 8 pixels."""
    return psnr(picture / 255, truth / 255)


def halide_quality(files: list[Path], folder: Path) -> float:
    """Mean over the pictures. Halide's picture lacks the frame's first column and has one more at the end."""
    scores = []
    for file in files:
        truth = np.asarray(Image.open(file).convert("RGB"))
        frame = truth_frame(truth, folder)
        picture = developed("Halide", script("halide_peer.py", frame.words, frame, DEMOSAIC_ALONE, 1), frame, folder)
        scores.append(score(picture[:, :-1], truth[:, 1:]))
    return mean(scores)


def softisp_quality(plan_bench: Path, files: list[Path], folder: Path) -> float:
    """Mean over the pictures."""
    scores = []
    for file in files:
        truth = np.asarray(Image.open(file).convert("RGB"))
        frame = truth_frame(truth, folder)
        command = plan_command(plan_bench, frame.words, frame, WORDS, MALVAR_CHECK, "RGB888", 1)
        scores.append(score(developed(f"SoftISP, {MALVAR_CHECK}", command, frame, folder), truth))
    return mean(scores)
