"""The manager's Markdown with pictures in it."""

from azionelab.core.markdown import to_html

PICTURE = {
    "url": "/media/pictures/prove-1.webp",
    "width": 1500,
    "height": 1000,
    "renditions": [{"url": "/media/pictures/prove-1.320.webp", "width": 320}],
    "alt": 'Tre <attori> "in prova"',
    "credit": "Elio & Ada",
}


def test_picture_has_its_renditions_its_room_and_its_words() -> None:
    html = to_html("![](prove)", {"prove": PICTURE})
    assert html.startswith("<figure><img src=")
    assert 'srcset="/media/pictures/prove-1.320.webp 320w, /media/pictures/prove-1.webp 1500w"' in html
    assert 'width="1500" height="1000" alt="Tre &lt;attori&gt; &quot;in prova&quot;"' in html
    assert html.endswith("<figcaption>Elio &amp; Ada</figcaption></figure>")


def test_words_in_the_text_stand_before_those_of_the_picture() -> None:
    assert 'alt="La prova generale"' in to_html("![La prova generale](prove)", {"prove": PICTURE})


def test_only_the_pages_own_pictures_are_shown() -> None:
    for address in ("https://e.example/x.png", "/media/posters/x.webp", "other", "data:image/png;base64,AAAA"):
        assert "<img" not in to_html(f"![x]({address})", {"prove": PICTURE})
    assert "<img" not in to_html("![x](prove)")


def test_the_pages_own_heading_is_the_first_one() -> None:
    assert to_html("# Chi siamo\n\n## Come") == "<h2>Chi siamo</h2>\n<h2>Come</h2>\n"


def test_links_go_where_links_may_go() -> None:
    html = to_html("[a](https://e.example) [b](mailto:a@b.example) [c](tel:+39050) [d](/it/season) [e](javascript:x)")
    assert html.count("<a href=") == 4
