"""Every word of the admin in Italian, and the compiled catalogue no older than its source."""

import gettext
import io

import pytest
from django.utils import translation

import messages

CATALOGUE = messages.read_po(messages.CATALOGUE.read_text())


def test_every_message_has_its_translation() -> None:
    missing = [msgid for msgid in messages.used_messages() if not all(CATALOGUE.get(msgid, [""]))]
    assert missing == []


def test_no_translation_is_left_over() -> None:
    assert CATALOGUE.keys() - messages.used_messages().keys() == {"", *messages.SAID_BETTER}


def test_placeholders_are_the_same_in_both_languages() -> None:
    for msgid, forms in CATALOGUE.items():
        wanted = set(_placeholders(msgid))
        assert all(set(_placeholders(form)) == wanted for form in forms), msgid


def _placeholders(text: str) -> list[str]:
    return [part.split(")")[0] for part in text.split("%(")[1:]]


def test_plural_has_both_forms() -> None:
    assert {len(forms) for msgid, forms in CATALOGUE.items() if "\0" in msgid} == {2}


def test_compiled_catalogue_is_current() -> None:
    assert messages.CATALOGUE.with_suffix(".mo").read_bytes() == messages.compile_mo(CATALOGUE)


def test_gettext_reads_what_was_compiled() -> None:
    po = (
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "venue"\nmsgstr "sala"\n\nmsgid "%d seat"\nmsgid_plural "%d "\n"seats"\nmsgstr[0] "%d posto"\n'
        'msgstr[1] "%d posti, però"\n'
    )
    read = gettext.GNUTranslations(io.BytesIO(messages.compile_mo(messages.read_po(po))))
    assert (
        read.gettext("venue"),
        read.ngettext("%d seat", "%d seats", 1),
        read.ngettext("%d seat", "%d seats", 2),
    ) == (
        "sala",
        "%d posto",
        "%d posti, però",
    )


@pytest.mark.parametrize(("language", "word"), [("it", "replica"), ("en", "performance")])
def test_django_uses_the_catalogue(language: str, word: str) -> None:
    with translation.override(language):
        assert translation.gettext("performance") == word
