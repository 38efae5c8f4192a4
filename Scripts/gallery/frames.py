"""What the gallery shows: the real frames, and the places in them that are worth looking at. Chosen by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Crop:
    """A window of the upright picture in pixels, with what to look at. `lift` brightens all pictures of it alike, so that
    shadows can be seen."""

    name: str
    look_at: str
    x: int
    y: int
    width: int = 160
    height: int = 120
    lift: float = 1


@dataclass(frozen=True)
class Frame:
    """A raw dump below raw/ of the data, with a caption that tells its traps."""

    file: str
    title: str
    caption: str
    crops: tuple[Crop, ...]


FRAMES = (
    Frame(
        "rose_768x512_rggb14.raw",
        "Rose",
        "A crop from a 14-bit DSLR, sunlit. The red petals are close to saturation and outside sRGB.",
        (
            Crop("stamens", "fine detail: thin yellow threads on red, where false colour and mazes show", 430, 290),
            Crop("leaf", "edge: a serrated leaf in focus before a blurred ground; halos, zippers", 60, 20),
            Crop("petal", "highlight: red close to saturation; does the petal keep its veins and its hue", 430, 50),
            Crop("glint", "highlight: a pale reflection on saturated red; its hue and its rim", 560, 200),
            Crop("shadow", "deep shadow, 4 times brighter: noise, tint, blotches", 600, 350, lift=4),
        ),
    ),
    Frame(
        "rose_768x512_rggb14_defects.raw",
        "Rose with defects",
        "The same frame with 400 dead and hot photosites written in, some far above the stated 14 bits.",
        (
            Crop("petals", "defects on smooth red: none may be left, and no small highlight may be lost", 150, 160),
            Crop("stamens", "defects within fine detail: which threads survive", 430, 290),
            Crop("shadow", "hot photosites in the dark, 4 times brighter", 600, 350, lift=4),
        ),
    ),
    Frame(
        "flowers_640x480_bggr10.raw",
        "Flowers",
        "10 bits, of which 8 carry information; hazy, with a guessed black level of 0, no gains and no matrix in the file.",
        (
            Crop("checkerboard", "edges: black-and-white squares; coloured rims, halos", 440, 100),
            Crop("rose", "smooth gradients and soft edges: posterisation, worms", 360, 100),
            Crop("eyes", "fine detail: lashes and hair", 240, 30),
            Crop("print", "edge: dark letters on the box", 120, 330),
        ),
    ),
    Frame(
        "chart_1920x1080_rggb10.raw",
        "Test chart",
        "10 bits, of which 8 carry information; black level 0, clipped white; a wide lens. No matrix in the file.",
        (
            Crop("rings", "moire: fine black-and-white rings near the sampling limit; false colour, mazes", 840, 490),
            Crop("corner rings", "moire and lateral colour away from the middle", 1420, 130),
            Crop("patches", "colour patches and the edges between them", 780, 330, 240, 120),
            Crop("edge", "edge: clipped white against black; purple or green rims, halos", 1560, 60),
            Crop("dark steps", "deep shadow, 8 times brighter: smudges told from noise", 700, 60, lift=8),
        ),
    ),
    Frame(
        "colorchart_ml_1734x1156_rggb14.raw",
        "ColorChecker Passport, underexposed",
        "A frame of raw video, 3.5 stops under: read noise made visible. White balance measured on the chart.",
        (
            Crop("patches", "colour patches, greys among them: tint and blotches", 650, 860, 240, 140),
            Crop("letters", "fine detail in noise: the letters at the right edge", 1270, 720),
            Crop("blue", "highlight: a defocused lamp in strong blue", 430, 320, 200, 150),
            Crop("frame", "deep shadow, 4 times brighter: noise, banding, blotches", 560, 440, lift=4),
        ),
    ),
    Frame(
        "iisp_indoor1_2592x1536_grbg8.raw",
        "Indoor, 8 bits",
        "An 8-bit frame under warm light: the blue gain is 3.2. The file brings its own matrix.",
        (
            Crop("chair", "moire: the mesh of the chair", 1900, 1130),
            Crop("chart", "colour patches under a strong blue gain: noise, blotches, hue", 590, 1150, 240, 140),
            Crop("title", "fine detail: the small print of the chart", 580, 1112),
            Crop("writing", "fine detail: thin pen on a whiteboard", 1680, 130),
            Crop("lamp", "highlight: a lamp that saturates; its rim and hue", 2170, 10),
            Crop("chair back", "deep shadow, 4 times brighter", 1640, 1180, lift=4),
        ),
    ),
    Frame(
        "iisp_outdoor1_2592x1536_grbg8.raw",
        "Outdoor, 8 bits",
        "An 8-bit frame of a park: grass, leaves, a chart, a saturated sky.",
        (
            Crop("chart", "colour patches, small ones", 1620, 655, 220, 150),
            Crop("leaves", "fine detail: dry leaves on grass; smearing, mazes", 1600, 1130),
            Crop("pole", "edge and highlight: a red pole before saturated sky and trees", 1090, 10),
            Crop("branches", "highlight: twigs before a white sky; purple rims", 280, 130),
            Crop("bag", "deep shadow, 4 times brighter: black cloth", 1600, 850, lift=4),
        ),
    ),
    Frame(
        "gopro_hero6_binned_2000x1500_rggb14.raw",
        "HERO6, binned",
        "14 bits, mirrored by the sensor and turned back here. SoftISP applies the lens-shading map of the file; the peers, "
        "which get a plain DNG, do not.",
        (
            Crop("mural", "fine detail: distant stripes in saturated colours; false colour", 1080, 600),
            Crop("beams", "edge and highlight: steel before a saturated sky; rims, magenta", 960, 200),
            Crop("chairs", "fine detail: small chairs and plants", 1340, 670),
            Crop("gravel", "fine detail: dark stones and bark", 1380, 1140),
            Crop("reflection", "colour patches in the dark: the mural in the glass", 1700, 600),
            Crop("corner", "deep shadow, 4 times brighter", 1800, 1300, lift=4),
        ),
    ),
    Frame(
        "gopro_hero6_crop_1280x960_rggb14.raw",
        "HERO6, native resolution",
        "A crop of the same frame at the sensor's own resolution: a soft lens and a wavelet codec.",
        (
            Crop("stripes", "edge: red against pink; saturated red must not bleed", 440, 60),
            Crop("dots", "colour: red dots on orange", 1110, 700),
            Crop("black and blue", "edge and shadow: black against blue", 30, 210),
            Crop("zebra", "fine detail: thin black-and-white stripes", 1120, 840),
            Crop("scratch", "noise: flat paint with a scratch", 10, 370),
        ),
    ),
    Frame(
        "gopro_fusion_front_binned_1552x1500_rggb14.raw",
        "Fusion fisheye, binned",
        "14 bits, mirrored by the sensor and turned back here: sunlit wood, a bright sky, dark corners.",
        (
            Crop("mural", "fine detail: small patterns in saturated colours", 770, 670),
            Crop("table", "fine detail: wood grain", 560, 1120),
            Crop("people", "fine detail: people, chairs and a wire", 1090, 690),
            Crop("wires", "edge: steel wires before the sky; halos, false colour", 1010, 220),
            Crop("cloud", "highlight: sunlit clouds at saturation; magenta, hard rims", 110, 220),
            Crop("rim", "edge: the lens's own purple fringe at the rim of the picture", 40, 400),
            Crop("cushions", "deep shadow, 4 times brighter", 150, 900, lift=4),
        ),
    ),
    Frame(
        "bmpcc4k_crop_1920x1080_rggb16.raw",
        "Pocket Cinema Camera 4K",
        "A crop of a cinema frame that the camera compressed to about 3 bits a pixel; flat light.",
        (
            Crop("branches", "fine detail: thin twigs before water; false colour, mazes", 660, 640),
            Crop("tail lamp", "edge and colour: a red lamp on a dark car", 690, 1000, 160, 80),
            Crop("glint", "highlight: the sun on car paint; magenta, hard rims", 1180, 900),
            Crop("ridge", "edge: trees before the sky; halos", 1760, 150),
            Crop("person", "deep shadow, 4 times brighter: codec noise", 450, 890, lift=4),
        ),
    ),
)
