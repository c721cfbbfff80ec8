"""Reading what the company says of itself. Guests see published pages only."""

from django.db.models import QuerySet

from azionelab.company.models import PRIVACY, Company, Page
from azionelab.core.errors import Code, DomainError


def company() -> Company:
    """The company's one row; as long as nobody has filled it in, an empty one."""
    return Company.objects.first() or Company(pk=Company.ONLY)


def published_pages() -> QuerySet[Page]:
    return Page.objects.filter(status=Page.Status.PUBLISHED)


def menu() -> QuerySet[Page]:
    """The privacy notice has a place of its own, in the foot of every page."""
    return published_pages().filter(in_menu=True).exclude(slug=PRIVACY)


def published_page(slug: str) -> Page:
    """With its pictures. Raises `not_found`."""
    page = published_pages().prefetch_related("pictures").filter(slug=slug).first()
    if page is None:
        raise DomainError(Code.NOT_FOUND)
    return page


def draft_page(slug: str) -> Page | None:
    """For whoever may see drafts; the API asks for the preview's token first."""
    return Page.objects.filter(status=Page.Status.DRAFT).prefetch_related("pictures").filter(slug=slug).first()
