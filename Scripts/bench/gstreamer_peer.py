"""The contestant "GStreamer": `bayer2rgb ! videoconvert` to NV12 from 8-bit Bayer, served as `peer_server.py` describes.

gst-launch-1.0 is timed as a whole process for many buffers and for few: their difference is free of start-up. The source
reads the same file over and over, which costs little and is subtracted: it is measured the same way with nothing behind it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peer_server import Job, parse_job, serve

COMMAND = "gst-launch-1.0"
ELEMENTS = ["multifilesrc", "bayer2rgb", "videoconvert"]
# Buffers of a long run take about this long, but are at least so many.
PIXELS_A_RUN = 100e6
FEW, AT_LEAST = 3, 12
LONGEST = 100  # seconds


def lacking() -> str | None:
    """What is not there, if anything."""
    if shutil.which(COMMAND) is None or shutil.which("gst-inspect-1.0") is None:
        return f"{COMMAND} is not there"
    for element in ELEMENTS:
        if subprocess.run(["gst-inspect-1.0", "--exists", element], capture_output=True).returncode != 0:
            return f"GStreamer has no {element}"
    return None


def source(job: Job, buffers: int) -> list[str]:
    caps = f"video/x-bayer,format=rggb,width={job.width},height={job.height},framerate=30/1"
    return ["multifilesrc", f"location={job.source}", "loop=true", f"num-buffers={buffers}", f"caps={caps}"]


def development(job: Job) -> list[str]:
    convert = ["!", "videoconvert", f"n-threads={job.threads}", "!", "video/x-raw,format=NV12"]
    return ["!", "bayer2rgb", *convert]


def launch(pipeline: list[str]) -> int:
    """Runs a pipeline to its end; nanoseconds."""
    start = time.perf_counter_ns()
    subprocess.run(
        [COMMAND, "--quiet", "--no-fault", *pipeline],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=LONGEST,
    )
    return time.perf_counter_ns() - start


def per_buffer(job: Job, behind: list[str]) -> float:
    """Nanoseconds for one buffer, start-up excluded."""
    many = FEW + max(AT_LEAST, round(PIXELS_A_RUN / (job.width * job.height)))
    sink = ["!", "fakesink", "sync=false"]
    few_run, many_run = (launch([*source(job, count), *behind, *sink]) for count in (FEW, many))
    return (many_run - few_run) / (many - FEW)


def picture(job: Job) -> NDArray[np.uint8]:
    with tempfile.TemporaryDirectory(prefix="softisp-bench-") as folder:
        file = Path(folder, "picture.nv12")
        launch([*source(job, 1), *development(job), "!", "filesink", f"location={file}"])
        return np.fromfile(file, np.uint8)


def main(job: Job) -> None:
    if problem := lacking():
        raise SystemExit(problem)
    source_alone = sorted(per_buffer(job, []) for _ in range(5))[2]

    def run() -> int:
        return max(1, round(per_buffer(job, development(job)) - source_alone))

    serve(job.width * job.height, run, lambda: picture(job))


if __name__ == "__main__":
    main(parse_job(__doc__ or "", ["nv12"]))
