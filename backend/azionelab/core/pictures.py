"""Pictures that people upload: checked, cleaned, and kept in the sizes that screens need.

What is stored is never the file that came. It is decoded, turned upright, brought to sRGB and written anew as WebP, so
that neither the place where a photograph was taken, nor what was hidden behind its last byte, reaches the site. Beside
it stand its renditions, each under a name that follows from its own:

    shows/macbeth-1f2e3d4c5b6a.webp             at most LONGEST_SIDE pixels either way
    shows/macbeth-1f2e3d4c5b6a.640.webp         640 pixels wide
    shows/macbeth-1f2e3d4c5b6a.share.jpg        what chats and networks show of a link

The name holds a digest of the content: another picture has another address, and browsers may keep each for good.
"""

import fcntl
import hashlib
import io
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageEnhance, ImageFilter, ImageOps

MAX_PICTURE_BYTES = 12_000_000
# In memory a pixel has four bytes, except of a JPEG of the usual kind, which is made smaller while it is read.
MAX_PIXELS = 25_000_000
MAX_PIXELS_OF_JPEG = 50_000_000
LONGEST_SIDE = 2400
WIDTHS = (320, 480, 640, 960, 1440, 1920)
# What Open Graph asks for (https://ogp.me, and the networks' own pages): 1.91 to 1, and not WebP, which some refuse.
SHARE_SIZE = (1200, 630)
FORMATS = ("JPEG", "PNG", "WEBP")

_QUALITY = 82
_EFFORT = 4
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, struct.error, ImageCms.PyCMSError)
_CHUNKS_OF_A_CLEAN_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
# What Pillow's modes of 16-bit grey, palettes and bilevel pictures begin with.
_ODD_MODES = ("I", "P", "1")


class Refusal(StrEnum):
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"


_WORDS = {
    Refusal.TOO_LARGE: _("The file is larger than %(megabytes)d MB; save the picture smaller."),
    Refusal.NOT_A_PICTURE: _("This is no JPEG, PNG or WebP picture. (An iPhone's HEIC photo: export it as JPEG.)"),
    Refusal.TOO_MANY_PIXELS: _("The picture has more than %(megapixels)d million pixels; save it smaller."),
    Refusal.DAMAGED: _("The picture is damaged: it cannot be read to its end."),
}


class RefusedError(Exception):
    def __init__(self, refusal: Refusal, megapixels: int = MAX_PIXELS // 10**6) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self._megapixels = megapixels

    @property
    def message(self) -> str:
        """What to do about it, in the language that is active."""
        return _WORDS[self.refusal] % {"megabytes": MAX_PICTURE_BYTES // 10**6, "megapixels": self._megapixels}


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Decoding takes up to 200 MB: the server's processes and `tidy_pictures` wait for each other."""
    with Path(tempfile.gettempdir(), "azionelab-pictures.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# Cleaning -----------------------------------------------------------------------------------------------------------


def clean(content: bytes) -> bytes:
    """The picture as the site keeps it: WebP, upright, sRGB, without metadata. What is all that already stays itself.

    Raises RefusedError.
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise RefusedError(Refusal.TOO_LARGE)
    with _one_at_a_time(), _opened(content) as image:
        try:
            is_clean = _is_clean(image, content)
            image = _in_full_colour(image)
            # First, for so a large JPEG is never whole in memory; of one that fits, nothing is read yet.
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=1.0)
            image.load()
            return content if is_clean else _as_webp(_in_srgb(ImageOps.exif_transpose(image)))
        except _DAMAGE:
            raise RefusedError(Refusal.DAMAGED) from None


def is_picture(content: bytes) -> bool:
    """Whether `clean` would take it."""
    try:
        clean(content)
    except RefusedError:
        return False
    return True


def _opened(content: bytes) -> Image.Image:
    """Only the header is read: a bomb is seen by its size, before it goes off."""
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise RefusedError(Refusal.TOO_MANY_PIXELS) from None
    except _DAMAGE:
        raise RefusedError(Refusal.NOT_A_PICTURE) from None
    # A progressive one is whole in memory before anything of it is seen.
    shrinks = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    most = MAX_PIXELS_OF_JPEG if shrinks else MAX_PIXELS
    if image.width * image.height > most:
        raise RefusedError(Refusal.TOO_MANY_PIXELS, most // 10**6)
    return image


def _is_clean(image: Image.Image, content: bytes) -> bool:
    """Nothing in the file but the picture: whether its header announces more or not."""
    return (
        image.format == "WEBP"
        and set(_chunks(content)) <= _CHUNKS_OF_A_CLEAN_WEBP
        and getattr(image, "n_frames", 1) == 1
        and max(image.size) <= LONGEST_SIDE
    )


def _chunks(content: bytes) -> Iterator[bytes]:
    """The names of a WebP's parts, and of what lies behind its end (RFC 9649, 2.3 and 2.4)."""
    at, end = 12, 8 + int.from_bytes(content[4:8], "little")
    while at < end:
        yield content[at : at + 4]
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    if end != len(content) or at != end:
        yield b"?"


def _in_full_colour(image: Image.Image) -> Image.Image:
    """Made smaller as they are, palettes and bilevel pictures lose pixels, and 16-bit grey turns white."""
    if not image.mode.startswith(_ODD_MODES):
        return image
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, srgb, outputMode=mode)
        if converted is not None:
            return converted
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _as_webp(image: Image.Image) -> bytes:
    made = io.BytesIO()
    # Whatever was known of the picture stays behind: nothing of `info` is passed on.
    image.save(made, "WEBP", quality=_QUALITY, method=_EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    return made.getvalue()


# Keeping ------------------------------------------------------------------------------------------------------------


def digest(content: bytes) -> str:
    """What tells two pictures apart in their names."""
    return hashlib.sha256(content).hexdigest()[:12]


def rendition_name(name: str, width: int) -> str:
    return str(PurePosixPath(name).with_suffix(f".{width}.webp"))


def share_name(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(".share.jpg"))


def names_with_renditions(name: str, widths: list[int]) -> set[str]:
    """All the files that belong to a picture."""
    return {name, share_name(name), *(rendition_name(name, width) for width in widths)}


def keep(storage: Storage, name: str, content: bytes) -> list[int]:
    """Stores a clean picture with its renditions, and returns their widths in pixels, the smallest first.

    Names tell the content, so what is there already is the same.
    """
    widths = []
    with _one_at_a_time(), Image.open(io.BytesIO(content), formats=FORMATS) as image:
        for width in (width for width in WIDTHS if width < image.width):
            widths.append(width)
            _save_once(storage, rendition_name(name, width), partial(_scaled, image, width))
        _save_once(storage, share_name(name), partial(_share_picture, image))
    # Last: whoever finds it finds the others too.
    _save_once(storage, name, lambda: content)
    return widths


def _save_once(storage: Storage, name: str, make: Callable[[], bytes]) -> None:
    if not storage.exists(name):
        storage.save(name, ContentFile(make()))


def _scaled(image: Image.Image, width: int) -> bytes:
    height = max(1, round(image.height * width / image.width))
    return _as_webp(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0))


def _share_picture(image: Image.Image) -> bytes:
    """The whole picture, upright in a landscape, on itself out of focus: a poster is never cut to its middle."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    small = (SHARE_SIZE[0] // 8, SHARE_SIZE[1] // 8)
    around = ImageOps.fit(flat, small, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(4))
    canvas = ImageEnhance.Brightness(around).enhance(0.55).resize(SHARE_SIZE, Image.Resampling.BICUBIC)
    whole = ImageOps.contain(flat, SHARE_SIZE, Image.Resampling.LANCZOS)
    canvas.paste(whole, ((SHARE_SIZE[0] - whole.width) // 2, (SHARE_SIZE[1] - whole.height) // 2))
    made = io.BytesIO()
    canvas.save(made, "JPEG", quality=84, optimize=True, progressive=True)
    return made.getvalue()


# In forms and in rows -----------------------------------------------------------------------------------------------


class PictureFormField(forms.FileField):
    """Takes what a manager has, and hands on what the site keeps."""

    widget = forms.ClearableFileInput

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        try:
            content = clean(file.read(MAX_PICTURE_BYTES + 1))
        except RefusedError as refused:
            raise forms.ValidationError(refused.message, code=refused.refusal) from None
        return SimpleUploadedFile(f"{PurePosixPath(str(file.name)).stem}.webp", content, "image/webp")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "image/jpeg,image/png,image/webp"}


class PictureField(models.ImageField):
    """A clean picture in a row. The widths of its renditions go into `widths_field`, which comes after it."""

    width_field: str
    height_field: str

    def __init__(self, *args: Any, widths_field: str = "", **kwargs: Any) -> None:
        self.widths_field = widths_field
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "widths_field": self.widths_field}

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PictureFormField, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        file = getattr(model_instance, self.attname)
        if file and not file._committed:
            content = file.file.read()
            name = self.named(model_instance, file.name, content)
            setattr(model_instance, self.widths_field, keep(file.storage, name, content))
            setattr(model_instance, self.attname, name)
        elif not file:
            setattr(model_instance, self.widths_field, [])
        return super().pre_save(model_instance, add)

    def named(self, row: models.Model, name: str, content: bytes) -> str:
        folder_and_name = PurePosixPath(self.generate_filename(row, PurePosixPath(name).name))
        ending = f"-{digest(content)}.webp"
        room = (self.max_length or 100) - len(f"{folder_and_name.parent}/{ending}")
        return str(folder_and_name.with_name(f"{folder_and_name.stem[:room]}{ending}"))


class FocusField(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """Where, in percent of the width or the height, is what no crop may lose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{"default": 50, "validators": [MaxValueValidator(100)], "help_text": _("in percent"), **kwargs}
        )


class Picture(models.Model):
    """What a picture has wherever it stands, but for the place itself."""

    image = PictureField(
        _("picture"),
        upload_to="pictures/",
        widths_field="widths",
        width_field="width",
        height_field="height",
    )
    widths = models.JSONField(default=list, editable=False)
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    focus_x = FocusField(_("focus, from the left"))
    focus_y = FocusField(_("focus, from the top"))
    alt_it = models.CharField(_("what it shows (Italian)"), max_length=300)
    alt_en = models.CharField(_("what it shows (English)"), max_length=300, blank=True)
    credit = models.CharField(_("photograph by"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the row"), default=0)

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.alt_it
