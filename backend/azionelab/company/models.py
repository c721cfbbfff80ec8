"""Who we are: the company's own pages, and where its box office is. Rows only."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from azionelab.core.pictures import Picture

# What the site itself says about privacy stands on this page too, below what the company writes.
PRIVACY = "privacy"


class Company(models.Model):
    """The company, once: what it says of itself in a sentence, and how its box office is reached."""

    ONLY = 1

    tagline_it = models.CharField(
        _("in one sentence (Italian)"),
        max_length=200,
        blank=True,
        help_text=_("On the home page, and where a search engine or a chat shows a link to it."),
    )
    tagline_en = models.CharField(_("in one sentence (English)"), max_length=200, blank=True)
    address = models.CharField(_("address of the box office"), max_length=200, blank=True)
    hours_it = models.CharField(_("when it is open (Italian)"), max_length=200, blank=True)
    hours_en = models.CharField(_("when it is open (English)"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^\+?[\d ()./-]{4,}\Z", _("Write digits, with the country's code first: +39 …."))],
    )

    class Meta:
        verbose_name = _("company and box office")
        verbose_name_plural = _("company and box office")
        constraints = [models.CheckConstraint(name="company_only_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Company and box office"))


class Page(models.Model):
    """One of the company's own pages: who we are, people, workshops, contacts."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    in_menu = models.BooleanField(_("in the menu"), default=True)
    position = models.PositiveSmallIntegerField(
        _("place in the menu"), default=0, help_text=_("The smallest number comes first.")
    )
    title_it = models.CharField(_("title (Italian)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=80, blank=True)
    lead_it = models.CharField(
        _("in one sentence (Italian)"),
        max_length=300,
        blank=True,
        help_text=_("Below the title, and where a search engine or a chat shows a link to the page."),
    )
    lead_en = models.CharField(_("in one sentence (English)"), max_length=300, blank=True)
    body_it = models.TextField(_("text (Italian)"), help_text="Markdown")
    body_en = models.TextField(_("text (English)"), blank=True, help_text="Markdown")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("position", "title_it")

    def __str__(self) -> str:
        return self.title_it


class PagePicture(Picture):
    """A picture that a page's text shows where it says `![](name)`."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="pictures")
    name = models.SlugField(
        _("name in the text"), max_length=40, help_text=_("The text shows the picture where it says ![](name).")
    )

    class Meta(Picture.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [models.UniqueConstraint(name="page_picture_name_once", fields=("page", "name"))]
