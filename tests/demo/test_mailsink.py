"""The mail sink: real SMTP in, whole files out."""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo.mailsink import MailSink


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    sink = MailSink(tmp_path / "mail")
    sink.start()
    yield sink
    sink.stop()


def send(sink: MailSink, subject: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@theatre.test", "guest@example.org", subject
    message.set_content("Perché no?\n.\nA dot alone on a line.\n")
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        client.send_message(message)


def test_mails_are_kept_whole_in_the_order_they_came(sink: MailSink, tmp_path: Path) -> None:
    subjects = [f"Number {number}: è già pronto" for number in range(12)]
    for subject in subjects:
        send(sink, subject)

    files = sorted((tmp_path / "mail").iterdir())

    assert all(path.suffix == ".eml" for path in files)
    parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    assert [str(mail["Subject"]) for mail in parsed] == subjects
    assert "\n.\n" in parsed[0].get_content().replace("\r\n", "\n")


def test_mails_are_readable_by_their_owner_only(sink: MailSink, tmp_path: Path) -> None:
    send(sink, "private")

    (mail,) = (tmp_path / "mail").iterdir()
    assert mail.stat().st_mode & 0o777 == 0o600


def test_mail_that_cannot_be_stored_is_refused(sink: MailSink, tmp_path: Path) -> None:
    (tmp_path / "mail").rmdir()

    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(sink, "nowhere to go")

    assert caught.value.smtp_code == 452
