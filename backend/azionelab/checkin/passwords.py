"""What a password is like, beyond Django's own rules: the same wherever one is set, and wherever one is sent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

PASSWORD_MAX = 200


class WritableValidator:
    """No password is set that the door's form could not send: too long a one, or letters that no keyboard has."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if len(password) > PASSWORD_MAX or not password.isprintable():
            raise ValidationError(self.get_help_text(), code="unwritable")

    def get_help_text(self) -> str:
        said = gettext("A password has at most %(most)d letters, in one line and without control characters.")
        return said % {"most": PASSWORD_MAX}
