"""Before and after: which stages of SoftISP are shown, at which values, and where to look. Chosen by hand."""

from __future__ import annotations

from dataclasses import dataclass

from frames import Crop


@dataclass(frozen=True)
class Stage:
    """An option with the values to compare, on one frame. `frame` names a file below raw/, or nothing: a noisy frame of
    the synthetic camera."""

    title: str
    option: str
    values: tuple[str, ...]
    crops: tuple[Crop, ...]
    frame: str | None = None


NOISY_CROPS = (
    Crop("letters", "fine detail in noise", 670, 60, 200, 120),
    Crop("dead leaves", "texture: dead leaves of every size", 540, 640),
    Crop("patches", "flat colours: grain and blotches", 50, 390, 200, 120),
    Crop("spheres", "shading and edges", 930, 690),
)
DETAIL_CROPS = (
    Crop("letters", "thin letters; halos", 900, 100, 200, 80),
    Crop("dead leaves", "texture: dead leaves of every size", 540, 640),
    Crop("star", "the middle of the star; aliasing made stronger", 1200, 330),
)
FUSION = "gopro_fusion_front_binned_1552x1500_rggb14.raw"
STAGES = (
    Stage("Raw denoise", "denoise", ("0", "1"), NOISY_CROPS),
    Stage("Sharpening", "sharpen", ("0", "0.9"), DETAIL_CROPS),
    Stage("Chroma denoise", "chroma-denoise", ("0", "1"), NOISY_CROPS),
    Stage(
        "Highlights",
        "highlights",
        ("off", "clip", "blend", "reconstruct"),
        (
            Crop("cloud", "a cloud at saturation: magenta where a channel saturates alone", 110, 220),
            Crop("roof", "white walls and parasol in the sun", 1080, 560),
        ),
        FUSION,
    ),
    Stage(
        "Highlights",
        "highlights",
        ("off", "clip", "blend", "reconstruct"),
        (Crop("glint", "a pale reflection on saturated red", 560, 200),),
        "rose_768x512_rggb14.raw",
    ),
    Stage(
        "Highlights",
        "highlights",
        ("off", "clip", "blend", "reconstruct"),
        (Crop("glint", "the sun on car paint", 1180, 900),),
        "bmpcc4k_crop_1920x1080_rggb16.raw",
    ),
    Stage(
        "Local tone",
        "local-tone",
        ("0", "0.5", "1"),
        (
            Crop("terrace", "dark windows beside the sky: halos along the roof", 180, 300, 320, 240),
            Crop("table", "contrast of sunlit wood", 1000, 1150, 320, 240),
        ),
        FUSION,
    ),
)
