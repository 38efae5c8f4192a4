#!/usr/bin/env python3
"""Stands in for SoftISP's PlanBench, so that `bench_peers.py` can be tried without a build of it:

    bench_peers.py --quick --plan-bench Scripts/bench/plan_stand_in.py

It speaks the same protocol and demosaics with OpenCV, whatever the plan; its figures mean nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from peer_server import serve, timed

RAW10_BYTES, RAW10_SAMPLES = 5, 4


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--serve", action="store_true", required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--size", required=True)
    parser.add_argument("--format", choices=["SRGGB10", "SRGGB10_CSI2P"], required=True)
    parser.add_argument("--plan", choices=["camera-pipe", "color", "video", "malvar-check", "floor"], required=True)
    parser.add_argument("--sink", choices=["RGB888", "BGRX8888", "NV12"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    width, height = (int(number) for number in arguments.size.split("x"))
    if arguments.format == "SRGGB10":
        samples = np.fromfile(arguments.source, "<u2").reshape(height, width)
        mosaic = ((samples.astype(np.uint32) * 255 + 511) // 1023).astype(np.uint8)
    else:
        groups = np.fromfile(arguments.source, np.uint8).reshape(height, -1, RAW10_BYTES)
        mosaic = np.ascontiguousarray(groups[..., :RAW10_SAMPLES]).reshape(height, width)
    cv2.setNumThreads(arguments.threads)
    picture = np.empty((height, width, 3), np.uint8)
    develop = timed(lambda: cv2.demosaicing(mosaic, cv2.COLOR_BayerRGGB2RGB_EA, picture))
    serve(width * height, develop, lambda: picture)


if __name__ == "__main__":
    main()
