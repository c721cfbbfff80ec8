"""What the commands for staff accounts print, to the letter."""

import io
import sys
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from azionelab.checkin import accounts, devices
from tests.cast import PASSWORD, make_performance, make_staff
from tests.commands.transcripts import assert_transcript, printed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def marta(monkeypatch: pytest.MonkeyPatch) -> None:
    marta = make_staff("marta")
    devices.pair_as_staff(performance_id=make_performance().pk, name="porta", claim=uuid4(), staff_id=marta.pk)
    make_staff("Zoë", "Managers")
    User.objects.filter(username="marta").update(last_login=datetime(2041, 12, 5, 19, 30, tzinfo=UTC))
    User.objects.filter(username="Zoë").update(is_active=False)
    monkeypatch.setattr(accounts, "new_password", lambda: "abcd-efgh-jkmn-pqrs")


@pytest.mark.parametrize(
    ("name", "arguments", "typed", "exit_code"),
    [
        ("create_account", ["create_account", "lucia", "--group", "door"], PASSWORD, 0),
        ("create_account.dry_run", ["create_account", "lucia", "--group", "door", "--dry-run"], "", 0),
        ("create_account.generated", ["create_account", "lucia", "--group", "managers", "--generate"], "", 0),
        ("create_account.taken", ["create_account", "Martà", "--group", "door"], PASSWORD, 2),
        ("create_account.weak", ["create_account", "lucia", "--group", "door"], "123", 2),
        ("set_password", ["set_password", "marta"], PASSWORD, 0),
        ("set_password.generated", ["set_password", "marta", "--generate"], "", 0),
        ("set_password.unknown", ["set_password", "Marta"], PASSWORD, 2),
        ("close_account", ["close_account", "marta"], "", 0),
        ("close_account.dry_run", ["close_account", "marta", "--dry-run"], "", 0),
        ("close_account.unchanged", ["close_account", "Zoë"], "", 0),
        ("close_account.unknown", ["close_account", "Marta"], "", 2),
        ("open_account", ["open_account", "Zoë"], "", 0),
        ("open_account.unchanged", ["open_account", "marta"], "", 0),
        ("list_accounts", ["list_accounts"], "", 0),
    ],
)
def test_transcript(
    monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str], typed: str, exit_code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{typed}\n".encode() if typed else b"")))
    text, ended = printed(*arguments)
    assert ended == exit_code
    assert_transcript(name, text)
