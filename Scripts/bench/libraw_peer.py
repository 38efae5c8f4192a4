"""The contestant "LibRaw": develops a camera file as rawpy's users do, served as `peer_server.py` describes. Opening and decoding
the file do not count, what `postprocess` does counts: balance, demosaic, matrix, curve, 8 bits. Ways are demosaics."""

from __future__ import annotations

import os

from peer_server import Job, parse_job, serve, timed

WAYS = ["linear", "PPG", "AHD"]


def main(job: Job) -> None:
    os.environ["OMP_NUM_THREADS"] = str(job.threads)  # OpenMP reads it when it is loaded
    import rawpy

    with rawpy.imread(str(job.source)) as raw:
        last = {}

        def develop() -> None:
            last["picture"] = raw.postprocess(
                demosaic_algorithm=rawpy.DemosaicAlgorithm[job.way.upper()],
                half_size=False,
                use_camera_wb=True,
                no_auto_bright=True,
                output_bps=8,
            )

        serve(raw.sizes.width * raw.sizes.height, timed(develop), lambda: last["picture"])


if __name__ == "__main__":
    main(parse_job(__doc__ or "", WAYS))
