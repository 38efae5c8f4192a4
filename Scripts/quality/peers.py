"""The peers: demosaicing of OpenCV, LibRaw and colour-demosaicing, each called as its users call it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import rawpy
from images import Mosaic, Picture, rggb_mosaic, to_8_bit
from numpy.typing import NDArray
from raw import Raw

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # colour-science speaks of optional plotting packages
    import colour_demosaicing

COLOUR_DEMOSAICING = "colour-demosaicing"
MALVAR = "Malvar 2004"


@dataclass(frozen=True)
class Peer:
    """One demosaic method of one library."""

    library: str
    method: str
    demosaic: Callable[[Mosaic], Picture]


class PeerError(Exception):
    """A peer is not driven as it should be, so that its figures would be wrong."""


def all_peers() -> list[Peer]:
    """Every peer, checked on flat fields."""
    peers = [*opencv_peers(), *libraw_peers(), *colour_demosaicing_peers()]
    for peer in peers:
        check_on_flat_field(peer)
    return peers


def check_on_flat_field(peer: Peer) -> None:
    """Every method gives a flat field back exactly; scaling, gamma, or a swapped colour would show here."""
    truth = np.empty((64, 96, 3), np.uint8)
    for colour in [(60, 120, 200), (255, 255, 255), (0, 0, 0), (250, 128, 3)]:
        truth[:] = colour
        answer = peer.demosaic(rggb_mosaic(truth))
        if answer.shape != truth.shape or not np.array_equal(answer[8:-8, 8:-8], truth[8:-8, 8:-8]):
            raise PeerError(f"{peer.library} {peer.method} does not give a flat field of {colour} back")


# OpenCV


def opencv_peers() -> Iterator[Peer]:
    codes = {
        "bilinear": cv2.COLOR_BayerRGGB2RGB,
        "VNG": cv2.COLOR_BayerRGGB2RGB_VNG,
        "edge-aware": cv2.COLOR_BayerRGGB2RGB_EA,
    }
    for method, code in codes.items():
        yield Peer("OpenCV", method, partial(demosaic_with_opencv, code=code))


def demosaic_with_opencv(mosaic: Mosaic, code: int) -> Picture:
    return np.asarray(cv2.demosaicing(mosaic, code), np.uint8)


# LibRaw


@dataclass(frozen=True)
class LibRawMethod:
    """A LibRaw algorithm with the options that belong to it."""

    name: str
    algorithm: rawpy.DemosaicAlgorithm
    dcb_enhance: bool = False


LIBRAW_METHODS = [
    LibRawMethod("linear", rawpy.DemosaicAlgorithm.LINEAR),
    LibRawMethod("VNG", rawpy.DemosaicAlgorithm.VNG),
    LibRawMethod("PPG", rawpy.DemosaicAlgorithm.PPG),
    LibRawMethod("AHD", rawpy.DemosaicAlgorithm.AHD),
    LibRawMethod("DCB", rawpy.DemosaicAlgorithm.DCB),
    LibRawMethod("DCB enhanced", rawpy.DemosaicAlgorithm.DCB, dcb_enhance=True),
    LibRawMethod("DHT", rawpy.DemosaicAlgorithm.DHT),
    LibRawMethod("AAHD", rawpy.DemosaicAlgorithm.AAHD),
]

# LibRaw gets the samples on its full 16-bit scale, exactly representable and free of any rounding to 8 bits.
TO_16_BIT = 257


def libraw_peers() -> Iterator[Peer]:
    for method in LIBRAW_METHODS:
        yield Peer("LibRaw", method.name, partial(develop_with_libraw, method=method))


def develop_with_libraw(mosaic: Mosaic, method: LibRawMethod) -> Picture:
    """LibRaw's demosaic alone: no balance, no scaling, no brightening, no colour conversion, no gamma."""
    with rawpy.imread(dng_of(mosaic)) as raw:
        picture = raw.postprocess(
            demosaic_algorithm=method.algorithm,
            dcb_enhance=method.dcb_enhance,
            user_wb=[1, 1, 1, 1],
            user_black=0,
            user_sat=255 * TO_16_BIT,
            adjust_maximum_thr=0,
            no_auto_bright=True,
            highlight_mode=rawpy.HighlightMode.Clip,
            output_color=rawpy.ColorSpace.raw,
            gamma=(1, 1),
            output_bps=16,
            user_flip=0,
        )
    return to_8_bit(picture / TO_16_BIT)


def dng_of(mosaic: Mosaic) -> io.BytesIO:
    """The mosaic as a DNG: black 0, white at the top of the scale, neutral white, sRGB primaries."""
    samples = mosaic.astype(np.uint16) * TO_16_BIT
    return Raw("truth", samples, "RGGB", 16, 0, 255 * TO_16_BIT, (1, 1, 1)).dng()


# colour-demosaicing


def colour_demosaicing_peers() -> Iterator[Peer]:
    functions: dict[str, Callable[..., NDArray[np.floating]]] = {
        "bilinear": colour_demosaicing.demosaicing_CFA_Bayer_bilinear,
        MALVAR: colour_demosaicing.demosaicing_CFA_Bayer_Malvar2004,
        "Menon 2007 (DDFAPD)": colour_demosaicing.demosaicing_CFA_Bayer_Menon2007,
    }
    for method, function in functions.items():
        yield Peer(COLOUR_DEMOSAICING, method, partial(demosaic_with_numpy, function=function))


def demosaic_with_numpy(mosaic: Mosaic, function: Callable[..., NDArray[np.floating]]) -> Picture:
    return to_8_bit(function(mosaic.astype(np.float64), "RGGB"))
