"""What the API's shapes share: texts in the language asked for, and pictures."""

from typing import Any

from django.db.models.fields.files import FieldFile
from rest_framework import serializers

from azionelab.core.languages import text_in
from azionelab.core.markdown import to_html
from azionelab.core.pictures import Picture, rendition_name


class TextField(serializers.CharField):
    """The text of `<field>_it` or `<field>_en`, as the context's language says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return text_in(self.context["language"], value, str(self.field_name))


class MarkdownField(TextField):
    """`<name>_html`, made from the Markdown in `<name>_it` or `<name>_en`."""

    def to_representation(self, value: Any) -> str:
        name = str(self.field_name).removesuffix("_html")
        return to_html(text_in(self.context["language"], value, name))


class RenditionSerializer(serializers.Serializer[Any]):
    """The same picture, `width` pixels wide."""

    url = serializers.CharField()
    width = serializers.IntegerField()


class FocusSerializer(serializers.Serializer[Any]):
    """In percent, from the left and from the top: what no crop may lose."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()


class PictureSerializer(serializers.Serializer[Any]):
    """Width and height in pixels, so that a page can keep the room free; renditions from the narrowest up."""

    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    renditions = RenditionSerializer(many=True)
    focus = FocusSerializer()
    alt = serializers.CharField()
    credit = serializers.CharField()


def picture_shape(
    file: FieldFile,
    widths: list[int],
    *,
    size: tuple[int | None, int | None],
    focus: tuple[int, int],
    alt: str,
    credit: str = "",
) -> dict[str, Any]:
    """A picture as PictureSerializer describes it, wherever its columns stand."""
    renditions = [{"url": file.storage.url(rendition_name(str(file.name), width)), "width": width} for width in widths]
    return {
        "url": file.url,
        "width": size[0],
        "height": size[1],
        "renditions": renditions,
        "focus": {"x": focus[0], "y": focus[1]},
        "alt": alt,
        "credit": credit,
    }


def shape_of(picture: Picture, language: str) -> dict[str, Any]:
    return picture_shape(
        picture.image,
        picture.widths,
        size=(picture.width, picture.height),
        focus=(picture.focus_x, picture.focus_y),
        alt=text_in(language, picture, "alt"),
        credit=picture.credit,
    )
