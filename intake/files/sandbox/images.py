"""Images, painted anew: no metadata, no profile, nothing that follows the picture in the file."""

import io
from collections.abc import Iterator
from typing import Any

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

MOST_PIXELS = 50_000_000  # after a JPEG is scaled down while it is read
MOST_JPEG_PIXELS = 250_000_000
LONGEST_SIDE = 4096  # pixels; a page of A4 at 350 dots an inch
QUALITY = 88
ORIENTATION = 0x0112  # an Exif tag
READERS = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
SRGB = ImageCms.createProfile("sRGB")

Image.MAX_IMAGE_PIXELS = None  # we refuse by our own numbers, before anything is unpacked


class TooManyPixels(Exception):  # noqa: N818
    """Raised if an image is small as a file only."""


def clean(content: bytes, media_type: str) -> bytes:
    """The picture alone. A GIF becomes a PNG of its first frame. Raises what Pillow raises."""
    name = media_type.removeprefix("image/").upper()
    image: Image.Image = Image.open(io.BytesIO(content), formats=[name])
    _check_size(image, MOST_JPEG_PIXELS if name == "JPEG" else MOST_PIXELS)
    if name == "JPEG":
        image.draft(None, _shown_size(image))  # read at a half, quarter or eighth
    _check_size(image, MOST_PIXELS)
    image.load()
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    image = _plain(_in_srgb(image), can_be_clear=name != "JPEG")
    image.info = {}
    out = io.BytesIO()
    image.save(out, "PNG" if name == "GIF" else name, quality=QUALITY)
    return out.getvalue()


def rehearse() -> None:
    """Clean a tiny image of each type: that loads what Pillow loads only when it comes to it."""
    Image.preinit()
    for sample in _samples():
        clean(*sample)


def _check_size(image: Image.Image, most: int) -> None:
    if image.width * image.height > most:
        raise TooManyPixels


def _shown_size(image: Image.Image) -> tuple[int, int]:
    """The size that it is made smaller to: a panorama is low, and large all the same."""
    share = min(1.0, LONGEST_SIDE / max(image.size))
    return max(1, round(image.width * share)), max(1, round(image.height * share))


def _in_srgb(image: Image.Image) -> Image.Image:
    """With the colours that a screen shows without the profile, which is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode: Any = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def _plain(image: Image.Image, *, can_be_clear: bool) -> Image.Image:
    if can_be_clear and image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _samples() -> Iterator[tuple[bytes, str]]:
    profile = ImageCms.ImageCmsProfile(SRGB).tobytes()
    for name, mode in (
        *(("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("GIF", "P"), ("GIF", "RGBA")),
        *(("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("WEBP", "RGB"), ("WEBP", "RGBA")),
    ):
        exif, out = Image.Exif(), io.BytesIO()
        exif[ORIENTATION] = 6  # turned by 90 degrees
        colours = profile if mode in ("RGB", "RGBA") else None
        Image.new(mode, (8, 4)).save(out, name, exif=exif, icc_profile=colours)
        yield out.getvalue(), f"image/{name.lower()}"
