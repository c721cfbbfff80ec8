"""Staff accounts: a name, a password and a group."""

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from azionelab.core.errors import Code, DomainError, FieldError, validation_failed


@transaction.atomic
def ensure_account(*, username: str, group_name: str, password: str, keep: bool = False) -> bool:
    """Makes the account in one group, or resets its password; True when it was made.

    With `keep`, an account that exists is left as it is. Raises `not_found` (group) and `validation_failed` (password).
    """
    group = Group.objects.filter(name=group_name).first()
    if group is None:
        raise DomainError(Code.NOT_FOUND, f"There is no group {group_name!r}; use Managers or Door staff.")
    user, made = User.objects.get_or_create(username=username)
    if keep and not made:
        return False
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise validation_failed(
            FieldError(field="password", code="invalid", message=" ".join(error.messages))
        ) from error
    user.set_password(password)
    user.is_staff = True  # both may open the admin; what they see there is their group's
    user.save()
    user.groups.set([group])
    return made
