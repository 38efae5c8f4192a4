"""Noise: ordinary pictures through the synthetic camera at rising ISO, every method at its own best setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import rawpy
from camera import Capture, capture
from command_peers import RAWTHERAPEE, available, rawtherapee
from images import every_nth_file
from library_peers import libraw, opencv
from metrics import Array, decode, encode, psnr, ssim
from section import OURS, Context, Finding, Section
from skimage.restoration import denoise_bilateral, denoise_tv_chambolle, denoise_wavelet
from softisp import develop_raw

ISOS = [100, 800, 3200, 4800]
NOISY = range(25, 30)
LEAST_GAIN, MOST_LOSS = 4.0, 0.1
# Settings are searched on every how many pictures; the best one is then measured on all.
SEARCHED = 4
CAMERA = ["--full-well", "20000", "--read-noise", "3", "--psf", "0.5"]

PLAIN = ["--matrix", "none", "--tone", "srgb", "--sharpen", "0", "--lens-shading", "off", "--defects", "off"]
OFF = [*PLAIN, "--denoise", "0", "--chroma-denoise", "0"]

Setting = tuple[str, Callable[[Capture], Array]]


def ours(context: Context, *options: str) -> Callable[[Capture], Array]:
    return lambda shot: develop_raw(context, shot.raw, *options, "--exposure", shot.exposure)


def shown(light: Array, shot: Capture) -> Array:
    """Balanced linear camera RGB as the picture it is meant to be."""
    return encode(light / shot.white_fraction)


def peers(context: Context) -> Iterator[tuple[str, str, list[Setting]]]:
    """Each peer with the settings among which its best is looked for."""

    def ahd(**options: object) -> Callable[[Capture], Array]:
        return lambda shot: shown(libraw(shot.raw, "AHD", **options), shot)

    modes = rawpy.FBDDNoiseReductionMode
    # Its wavelet threshold (noise_thr) corrupts memory in this build of LibRaw, so it cannot be shown.
    yield (
        "LibRaw",
        "AHD, FBDD and median passes",
        [("off", ahd())]
        + [
            (f"FBDD {name}, {passes} passes", ahd(fbdd_noise_reduction=mode, median_filter_passes=passes))
            for name, mode in (("off", modes.Off), ("light", modes.Light), ("full", modes.Full))
            for passes in (0, 1, 3)
            if name != "off" or passes
        ],
    )

    def means(h: float) -> Callable[[Capture], Array]:
        def run(shot: Capture) -> Array:
            codes = np.rint(shown(opencv(shot.raw), shot) * 255).astype(np.uint8)
            return np.asarray(cv2.fastNlMeansDenoisingColored(codes, None, h, h, 7, 21), np.float64) / 255

        return run

    yield "OpenCV", "edge-aware, non-local means", [(f"h {h}", means(h)) for h in (1, 2, 3, 5, 8, 12)]

    def bilateral(colour: float, space: float) -> Callable[[Capture], Array]:
        def run(shot: Capture) -> Array:
            codes = shown(opencv(shot.raw), shot).astype(np.float32)
            return np.asarray(cv2.bilateralFilter(codes, -1, colour, space), np.float64)

        return run

    yield (
        "OpenCV",
        "edge-aware, bilateral",
        [(f"{c}, {s}", bilateral(c, s)) for c in (0.03, 0.06, 0.1, 0.15, 0.25) for s in (1.5,)],
    )

    def wavelet(sigma: float) -> Callable[[Capture], Array]:
        return lambda shot: np.asarray(
            denoise_wavelet(shown(opencv(shot.raw), shot), sigma=sigma, channel_axis=-1, convert2ycbcr=True)
        )

    yield (
        "scikit-image",
        "BayesShrink wavelets after OpenCV's demosaic",
        [(f"sigma {s}", wavelet(s)) for s in (0.005, 0.01, 0.02, 0.03, 0.05, 0.08)],
    )

    def variation(weight: float) -> Callable[[Capture], Array]:
        return lambda shot: np.asarray(
            denoise_tv_chambolle(shown(opencv(shot.raw), shot), weight=weight, channel_axis=-1)
        )

    yield (
        "scikit-image",
        "total variation after OpenCV's demosaic",
        [(f"weight {w}", variation(w)) for w in (0.005, 0.01, 0.02, 0.04, 0.07, 0.1)],
    )

    if available(RAWTHERAPEE):

        def therapee(method: str, luma: int, detail: int) -> Callable[[Capture], Array]:
            changes = {
                "Directional Pyramid Denoising": {
                    "Enabled": "true" if luma else "false",
                    "Method": method,
                    "Luma": f"{luma}",
                    "Ldetail": f"{detail}",
                    "LMethod": "SLI",
                    "Chroma": "30",
                    "CMethod": "AUT",
                    "Gamma": "1.7",
                    "Redchro": "0",
                    "Bluechro": "0",
                }
            }

            def run(shot: Capture) -> Array:
                picture = rawtherapee([shot.raw], changes, context.folder)[shot.raw.name]
                return shown(decode(picture), shot)

            return run

        yield (
            "RawTherapee",
            "AMaZE, noise reduction",
            [("off", therapee("Lab", 0, 50))]
            + [(f"Lab {luma}/{detail}", therapee("Lab", luma, detail)) for luma, detail in ((20, 50), (40, 50), (80, 50))]
            + [
                (f"RGB {luma}/{detail}", therapee("RGB", luma, detail))
                for luma, detail in ((20, 50), (40, 30), (80, 30), (80, 20), (90, 10))
            ],
        )


def scores(develop: Callable[[Capture], Array], shots: list[Capture]) -> tuple[float, float]:
    """The mean PSNR and SSIM of a development."""
    answers = [(develop(shot), shot.truth) for shot in shots]
    return float(np.mean([psnr(*pair) for pair in answers])), float(np.mean([ssim(*pair) for pair in answers]))


def measure(context: Context) -> Section:
    pictures = every_nth_file(1)
    contenders: list[tuple[str, str, list[Setting]]] = [
        (OURS, "denoise off", [("", ours(context, *OFF))]),
        (OURS, "defaults", [("", ours(context, *PLAIN))]),
        *peers(context),
    ]
    header, findings, behind = ["library", "method"], [], []
    rows = [[library, method] for library, method, _ in contenders]
    for iso in ISOS:
        shots = [
            capture(context, f"{name}-{iso}", file, *CAMERA, "--iso", str(iso), *(["--noiseless"] if iso == 100 else []))
            for name, file in pictures
        ]
        best: dict[tuple[str, str], tuple[float, float, str]] = {}
        for library, method, settings in contenders:
            # Its own best setting: the one of the highest SSIM.
            setting, develop = max(settings, key=lambda entry: scores(entry[1], shots[::SEARCHED])[1] if entry[0] else 0)
            best[library, method] = (*scores(develop, shots), setting)
        noisy, clean = best[OURS, "denoise off"], best[OURS, "defaults"]
        label = "no noise" if iso == ISOS[0] else f"ISO {iso}"
        header.append(f"{label} ({noisy[0]:.1f} dB noisy)")
        for row, (library, method, _) in zip(rows, contenders, strict=True):
            value = best[library, method]
            row.append(f"{value[0]:.2f} / {value[1]:.3f}" + (f" ({value[2]})" if value[2] else ""))
        if iso == ISOS[0]:
            loss = noisy[0] - clean[0]
            findings.append(Finding(f"without noise denoise costs {loss:.3f} dB, at most {MOST_LOSS}", loss <= MOST_LOSS))
        elif int(noisy[0]) in NOISY:
            gain = clean[0] - noisy[0]
            findings.append(
                Finding(f"{label}: {gain:.2f} dB gained, at least {LEAST_GAIN}", gain >= LEAST_GAIN)
            )
            rival = max((key for key in best if key[0] != OURS), key=lambda key: best[key][1])
            findings.append(
                Finding(
                    f"{label}: SSIM {clean[1]:.3f}, above the best peer's {best[rival][1]:.3f} ({', '.join(rival)})",
                    clean[1] > best[rival][1],
                )
            )
        for key, value in best.items():
            if key[0] != OURS and (value[0] > clean[0] or value[1] > clean[1]):
                behind.append(
                    f"{label}: {key[0]} ({key[1]}, {value[2]}) reaches {value[0]:.2f} dB / {value[1]:.3f} against our "
                    f"{clean[0]:.2f} dB / {clean[1]:.3f}"
                )
    return Section(
        "Noise",
        "PSNR in dB and SSIM of sRGB pictures against the light on the sensor, mean of "
        f"{len(pictures)} Kodak and McMaster pictures seen by the synthetic camera (full well of 20000 electrons at ISO 100, "
        "3 electrons of read noise, 12 bits, a lens of sigma 0.5 pixels). Each peer is shown at the setting, in brackets, "
        f"that gives its own best SSIM at that ISO on every {SEARCHED}th of them; SoftISP at its defaults, with sharpening off.",
        header,
        rows,
        2,
        findings,
        behind,
    )
