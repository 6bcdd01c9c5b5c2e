"""Pages as images fit for recognition: rendered from a PDF or decoded, turned upright, straightened, evenly lit."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from PIL import (
    Image,
    ImageFilter,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
)

from lawcompare.engine.errors import ReadingError

# Loaded with this module: once inside the sandbox, Pillow can load no more of its decoders. A picture of several in one
# JPEG file (MPO) is opened by the decoder of JPEG and has no entry of its own.
FORMATS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
)

RESOLUTION = 300  # dots per inch of a page of usual size
LONGEST_SIDE = 3508  # pixels: A4 at that resolution; of larger page boxes the scale is taken from this
SHORTEST_SIDE = 1600  # pixels: smaller pictures are enlarged, so that letters have the height the model was taught
MOST_PIXELS = 80_000_000
MOST_IMAGES = 300
TOO_LARGE = f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller"
STEEPEST = 4.0  # degrees: what hangs more was meant to
INK = 128  # darker than this is ink, after lighting was made even
EMPTY = 0.0005  # of the page: less ink than this is no text


def rendered(page: Any) -> Image.Image:
    """A pypdfium2 page in grey, at a resolution at which text is recognised best."""
    width, height = page.get_size()
    scale = RESOLUTION / 72
    if max(width, height) * scale > 1.25 * LONGEST_SIDE:
        scale = LONGEST_SIDE / max(width, height)
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return image


def count_pictures(data: bytes) -> int:
    """How many pictures are in a JPEG, PNG or TIFF file. Raises ReadingError."""
    with _refused_where_broken(), Image.open(io.BytesIO(data), formats=FORMATS) as file:
        count = getattr(file, "n_frames", 1) if file.format == "TIFF" else 1
        if count > MOST_IMAGES:
            raise ReadingError(f"the file has {count} pictures, more than the limit of {MOST_IMAGES}")
        return count


def decoded(data: bytes) -> Iterator[Image.Image]:
    """The pictures in a JPEG, PNG or TIFF file, in grey, each turned as its camera says. Raises ReadingError."""
    count = count_pictures(data)
    with _refused_where_broken(), Image.open(io.BytesIO(data), formats=FORMATS) as file:
        for number in range(count):
            if count > 1:
                file.seek(number)
            if file.width * file.height > MOST_PIXELS:
                raise ReadingError(TOO_LARGE)
            yield _resized(ImageOps.exif_transpose(file).convert("L"))


@contextmanager
def _refused_where_broken() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as error:
        raise ReadingError("the picture is broken or of a form that is not read; save it as JPEG or PNG") from error
    except Image.DecompressionBombError as error:
        raise ReadingError(TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, OverflowError) as error:
        raise ReadingError("the picture is broken and cannot be opened; take or save it anew") from error


def _resized(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    scale = LONGEST_SIDE / longest if longest > LONGEST_SIDE else 1.0
    if longest < SHORTEST_SIDE:
        scale = min(SHORTEST_SIDE / longest, 3.0)
    if scale == 1.0:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def cleaned(image: Image.Image) -> Image.Image:
    """The image evenly lit and straightened."""
    return straightened(evenly_lit(image))


def evenly_lit(image: Image.Image) -> Image.Image:
    """Shadows and grey paper taken out: every place is measured by the paper around it."""
    small = image.resize((max(image.width // 16, 1), max(image.height // 16, 1)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
    if np.asarray(paper).min() > 235:  # the paper is white everywhere, as in most scans
        return image
    lit = np.asarray(image, dtype=np.float32)
    around = np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR), dtype=np.float32)
    even = np.clip(lit / np.maximum(around, 1) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(even)


def is_empty(image: Image.Image) -> bool:
    """Whether there is no ink, or nothing but the noise of a scanner."""
    small = np.asarray(image.resize((max(image.width // 4, 1), max(image.height // 4, 1)), Image.Resampling.BOX))
    return float((small < INK).mean()) < EMPTY


def straightened(image: Image.Image) -> Image.Image:
    """The image turned by the few degrees at which its lines are level."""
    angle = skew(image)
    if abs(angle) < 0.2:
        return image
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=False)


def skew(image: Image.Image) -> float:
    """The angle in degrees by which an image has to be turned counter-clockwise: its rows of ink are sharpest there."""
    scale = 800 / max(image.size)
    small = image.resize(
        (max(round(image.width * scale), 1), max(round(image.height * scale), 1)), Image.Resampling.BOX
    )
    ink = Image.fromarray(((np.asarray(small) < 160) * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        rows = np.asarray(ink.rotate(angle, resample=Image.Resampling.BILINEAR)).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-STEEPEST, STEEPEST + 0.1, 0.5), key=sharpness)
    fine = max(np.arange(coarse - 0.4, coarse + 0.5, 0.1), key=sharpness)
    return float(fine) if sharpness(float(fine)) > 1.02 * sharpness(0.0) else 0.0


def halves(image: Image.Image) -> list[Image.Image]:
    """The two pages of an open book on one image, or the image alone."""
    if image.width < 1.2 * image.height:
        return [image]
    dark = (np.asarray(image) < INK).mean(axis=0)
    low, high = int(0.42 * image.width), int(0.58 * image.width)
    gutter = max(image.width // 60, 1)
    strips = np.convolve(dark[low:high], np.ones(gutter) / gutter, mode="valid")
    if not len(strips) or strips.min() > 0.002:
        return [image]
    at = low + int(strips.argmin()) + gutter // 2
    sides = [image.crop((0, 0, at, image.height)), image.crop((at, 0, image.width, image.height))]
    return [image] if any(is_empty(side) for side in sides) else sides
