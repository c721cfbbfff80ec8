"""Pictures as people have them: photographs with what a phone writes into them, and files that only look like one."""

import io
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Red on the left, blue on the right: which way up it is can be seen."""
    image = Image.new("RGB", size, "#d02030")
    image.paste("#2030d0", (size[0] // 2, 0, size[0], size[1]))
    return image


def photograph(size: tuple[int, int] = (600, 400), orientation: int = 1) -> bytes:
    """A JPEG with where and by which phone it was taken, and how the phone was held."""
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Fonino X", orientation
    exif.get_ifd(GPS)[2] = (43.0, 43.0, 12.0)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(halves(size), "JPEG", exif=exif, icc_profile=srgb, quality=90)


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that claims to be enormous."""
    head = encoded(Image.new("1", (1, 1)), "PNG")
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    chunk = b"IHDR" + size + head[24:29]
    return head[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + head[33:]


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
