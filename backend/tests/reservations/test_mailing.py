"""Many mails at once, on a real SMTP server that behaves and one that does not."""

import shlex
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from azionelab.programme.models import Performance
from azionelab.reservations import delivery, mailing
from azionelab.reservations.mailing import STATES_IN_WORDS, Selection, Stopped, prepare_run, send_each
from azionelab.reservations.management.sending import since
from azionelab.reservations.models import EmailRun, EmailState, OutboundEmail, Reservation
from tests.cast import age_emails, make_performance, reserve, reserve_and_confirm
from tests.concurrency.runner import run_at_once, wait_for_somebody_who_waits
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
FAST = 6_000


@pytest.fixture
def guests(tonight: Performance, postbox: Postbox) -> list[Reservation]:
    """Three who have their tickets, and one who was asked to confirm."""
    made = [reserve_and_confirm(tonight, email=f"guest{number}@example.org") for number in range(3)]
    made.append(reserve(tonight, email="guest3@example.org"))
    postbox.mails.clear()
    return made


def addresses(postbox: Postbox) -> list[str]:
    return sorted(str(mail["To"]) for mail in postbox.mails)


def test_each_gets_the_mail_that_is_theirs_now(
    guests: list[Reservation], tonight: Performance, postbox: Postbox
) -> None:
    run = prepare_run(Selection(performance_id=tonight.pk))
    assert send_each(run.email_ids, rate=FAST) is None
    assert addresses(postbox) == [f"guest{number}@example.org" for number in range(4)]
    kinds = dict(OutboundEmail.objects.filter(run=run.run_id).values_list("reservation__email", "kind"))
    assert kinds["guest0@example.org"] == "ticket"
    assert kinds["guest3@example.org"] == "confirm"


def test_only_live_ones_with_an_address_to_come(guests: list[Reservation], tonight: Performance) -> None:
    gone, nameless, *_others = guests
    Reservation.objects.filter(pk=gone.pk).update(status="cancelled", cancelled_at=timezone.now())
    Reservation.objects.filter(pk=nameless.pk).update(email="")
    chosen = Selection(performance_id=tonight.pk).reservations()
    assert {row.pk for row in chosen} == {row.pk for row in guests} - {gone.pk, nameless.pk}
    Performance.objects.filter(pk=tonight.pk).update(cancelled_at=timezone.now())
    assert not Selection(performance_id=tonight.pk).reservations()


def test_state_and_time_are_those_of_the_newest_mail(guests: list[Reservation], tonight: Performance) -> None:
    refused = guests[1]
    OutboundEmail.objects.filter(reservation=refused, kind="ticket").update(state=EmailState.FAILED)
    # Its older mail was sent, and does not count any more.
    assert [row.pk for row in Selection(state=EmailState.FAILED).reservations()] == [refused.pk]
    assert refused.pk not in {row.pk for row in Selection(state=EmailState.SENT).reservations()}
    assert not Selection(since=timezone.now() + timedelta(minutes=1)).reservations()


def test_what_waits_already_is_not_sent_beside_it(
    guests: list[Reservation], tonight: Performance, postbox: Postbox
) -> None:
    OutboundEmail.objects.filter(reservation=guests[0], kind="ticket").update(state=EmailState.QUEUED)
    run = prepare_run(Selection(references=(guests[0].reference,)))
    send_each(run.email_ids, rate=FAST)
    send_each(list(OutboundEmail.objects.values_list("pk", flat=True)), rate=FAST)
    assert addresses(postbox) == ["guest0@example.org"]


def test_mail_on_its_way_is_the_one_they_get(guests: list[Reservation], tonight: Performance, postbox: Postbox) -> None:
    """Cron is sending it at this moment: one beside it would be the second."""
    OutboundEmail.objects.filter(reservation=guests[0], kind="ticket").update(
        state=EmailState.QUEUED, lease_expires_at=timezone.now() + timedelta(minutes=1)
    )
    OutboundEmail.objects.filter(reservation=guests[1], kind="ticket").update(state=EmailState.QUEUED)
    run = prepare_run(Selection(performance_id=tonight.pk))
    assert [row.pk for row in run.reservations] == [row.pk for row in guests[1:]]
    states = OutboundEmail.objects.filter(run=None, kind="ticket").values_list("reservation", "state")
    assert dict(states) == {guests[1].pk: "withdrawn", guests[2].pk: "sent"}
    # Should it fail after all, the run has it.
    OutboundEmail.objects.update(lease_expires_at=None)
    assert guests[0].pk in {row.pk for row in prepare_run(Selection(performance_id=tonight.pk)).reservations}
    send_each(prepare_run(Selection(performance_id=tonight.pk)).email_ids, rate=FAST)
    assert addresses(postbox) == [f"guest{number}@example.org" for number in range(4)]


def test_stopped_run_goes_on_with_the_rest(guests: list[Reservation], tonight: Performance, postbox: Postbox) -> None:
    selection, stop = Selection(performance_id=tonight.pk), threading.Event()
    run = prepare_run(selection)
    ended = send_each(run.email_ids, rate=FAST, told=lambda done, _total: stop.set() if done == 2 else None, stop=stop)
    assert (ended, len(postbox.mails)) == (Stopped.ASKED, 2)
    rest = prepare_run(selection)
    assert (len(rest.email_ids), rest.sent_before, rest.run_id) == (2, 2, run.run_id)
    assert rest.begun_at is not None
    assert send_each(rest.email_ids, rate=FAST) is None
    assert addresses(postbox) == [f"guest{number}@example.org" for number in range(4)]
    assert prepare_run(selection).email_ids == []
    assert len(prepare_run(selection, again=True).email_ids) == 4


def test_stopped_run_does_not_leave_with_others(
    guests: list[Reservation], tonight: Performance, postbox: Postbox
) -> None:
    """Whoever stopped it wants it stopped, and its pace is its own."""
    prepare_run(Selection(performance_id=tonight.pk))
    age_emails(timedelta(hours=1))
    assert delivery.due() == []
    reserve_and_confirm(tonight, email="late@example.org")
    assert set(addresses(postbox)) == {"late@example.org"}


def test_stopped_run_is_told_with_the_line_that_goes_on(
    guests: list[Reservation], tonight: Performance, postbox: Postbox
) -> None:
    prepare_run(Selection(performance_id=tonight.pk))
    [stopped] = mailing.unfinished()
    assert (stopped.left, stopped.is_at_work) == (4, False)
    assert stopped.resume == f"azione emails resend --performance={tonight.pk}"
    # Cancelled since then: what it would tell is true no longer, and going on with it sends nothing.
    Performance.objects.filter(pk=tonight.pk).update(cancelled_at=timezone.now())
    assert mailing.unfinished() == []
    assert prepare_run(Selection(performance_id=tonight.pk)).email_ids == []


def test_run_is_at_work_while_one_of_its_mails_is_on_its_way(guests: list[Reservation], tonight: Performance) -> None:
    run = prepare_run(Selection(performance_id=tonight.pk))
    OutboundEmail.objects.filter(pk=run.email_ids[0]).update(lease_expires_at=timezone.now() + timedelta(minutes=1))
    [working] = mailing.unfinished()
    assert (working.left, working.is_at_work) == (4, True)


@pytest.mark.parametrize(
    "asked",
    [
        Selection(references=("ALVARE", "DELUCA"), since=datetime(2041, 12, 5, 23, tzinfo=UTC)),
        Selection(performance_id=7, state=EmailState.FAILED, since=since("2041-12-05")),
        Selection(state=EmailState.QUEUED),
    ],
)
def test_line_that_goes_on_asks_for_the_same(guests: list[Reservation], asked: Selection) -> None:
    run = EmailRun.objects.create(selection=asked.as_json())
    OutboundEmail.objects.create(reservation=guests[0], kind="ticket", run=run)
    [stopped] = mailing.unfinished()
    line = shlex.split(stopped.resume)
    words = dict(word.removeprefix("--").split("=") for word in line if word.startswith("--"))
    typed = Selection(
        references=tuple(word for word in line[3:] if not word.startswith("--")),
        performance_id=int(words["performance"]) if "performance" in words else None,
        state=next((state for state, word in STATES_IN_WORDS.items() if word == words.get("state")), None),
        since=since(words["since"]) if "since" in words else None,
    )
    assert typed.as_json() == asked.as_json()


def test_all_that_waits_is_more_than_what_is_due(guests: list[Reservation], postbox: Postbox) -> None:
    """What the server could not take a moment ago waits for its next try, and leaves at once when somebody says so."""
    ticket = OutboundEmail.objects.filter(reservation=guests[0], kind="ticket")
    later = timezone.now() + timedelta(minutes=1)
    ticket.update(state=EmailState.QUEUED, failed_at=timezone.now(), next_attempt_at=later)
    assert delivery.due() == []
    assert delivery.for_later() == (1, later)
    assert send_each(delivery.waiting(), rate=FAST) is None
    assert addresses(postbox) == ["guest0@example.org"]
    assert (delivery.waiting(), delivery.for_later()) == ([], (0, None))


def test_run_takes_in_whoever_is_meant_since(guests: list[Reservation], tonight: Performance, postbox: Postbox) -> None:
    """One address that nobody can reach must not keep the same words from those who failed later."""
    selection = Selection(state=EmailState.FAILED)
    tickets = OutboundEmail.objects.filter(kind="ticket")
    tickets.filter(reservation=guests[0]).update(state=EmailState.FAILED)
    assert len(prepare_run(selection).email_ids) == 1
    tickets.filter(reservation=guests[1]).update(state=EmailState.FAILED)
    run = prepare_run(selection)
    assert {row.pk for row in run.reservations} == {guests[0].pk, guests[1].pk}
    send_each(run.email_ids, rate=FAST)
    assert addresses(postbox) == ["guest0@example.org", "guest1@example.org"]
    assert prepare_run(selection).email_ids == []


def test_done_long_ago_is_no_answer_to_the_same_words(guests: list[Reservation], tonight: Performance) -> None:
    selection = Selection(performance_id=tonight.pk)
    first = prepare_run(selection)
    send_each(first.email_ids, rate=FAST)
    EmailRun.objects.update(made_at=timezone.now() - timedelta(days=2))
    assert prepare_run(selection).run_id != first.run_id


def test_dry_run_writes_nothing(guests: list[Reservation], tonight: Performance) -> None:
    before = OutboundEmail.objects.count()
    assert len(prepare_run(Selection(performance_id=tonight.pk), dry_run=True).reservations) == 4
    assert (OutboundEmail.objects.count(), EmailRun.objects.count()) == (before, 0)


def test_refused_ones_are_tried_again_with_the_run(
    guests: list[Reservation], tonight: Performance, postbox: Postbox
) -> None:
    selection = Selection(references=(guests[0].reference,))
    postbox.answer_rcpt = "550 5.1.1 unknown"
    run = prepare_run(selection)
    assert send_each(run.email_ids, rate=FAST) is None
    assert mailing.outcome(run.email_ids)["failed"] == 1
    postbox.answer_rcpt = "250 OK"
    send_each(prepare_run(selection).email_ids, rate=FAST)
    assert addresses(postbox) == ["guest0@example.org"]


def test_same_message_id_at_every_attempt(guests: list[Reservation], tonight: Performance, postbox: Postbox) -> None:
    run = prepare_run(Selection(references=(guests[0].reference,)))
    send_each(run.email_ids, rate=FAST)
    # As after a time-out that hid the server's yes.
    OutboundEmail.objects.filter(pk__in=run.email_ids).update(state=EmailState.QUEUED)
    send_each(run.email_ids, rate=FAST)
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_dead_server_is_given_up(guests: list[Reservation], tonight: Performance, settings: object) -> None:
    settings.EMAIL_PORT = 9
    tried: list[int] = []
    run = prepare_run(Selection(performance_id=tonight.pk))
    assert send_each(run.email_ids, rate=FAST, told=lambda done, _total: tried.append(done)) is Stopped.SERVER
    assert len(tried) < len(run.email_ids)
    assert mailing.outcome(run.email_ids)["queued"] == 4


def test_two_who_ask_at_once_share_one_run(guests: list[Reservation], tonight: Performance, postbox: Postbox) -> None:
    selection = Selection(performance_id=tonight.pk)

    def ask() -> int | None:
        run = prepare_run(selection)
        send_each(run.email_ids, rate=FAST)
        return run.run_id

    runs = run_at_once([ask, ask])
    assert len(set(runs)) == 1
    assert addresses(postbox) == [f"guest{number}@example.org" for number in range(4)]


@pytest.mark.parametrize("is_true", [True, False], ids=["sent", "withdrawn"])
def test_mail_that_another_process_takes_at_this_moment_is_left_alone(
    guests: list[Reservation], tonight: Performance, postbox: Postbox, is_true: bool
) -> None:
    """Whoever waits for the row sees it as it is afterwards: with the other's lease."""
    run = prepare_run(Selection(performance_id=tonight.pk))
    if not is_true:
        Performance.objects.filter(pk=tonight.pk).update(cancelled_at=timezone.now())
    row = OutboundEmail.objects.filter(pk=run.email_ids[0])
    waiting = threading.Thread(target=lambda: run_at_once([lambda: send_each([run.email_ids[0]], rate=FAST)], 1))
    with transaction.atomic():
        row.update(lease_expires_at=timezone.now() + timedelta(minutes=1))
        waiting.start()
        wait_for_somebody_who_waits()
    waiting.join(30)
    assert (postbox.mails, row.get().state, row.get().attempts) == ([], EmailState.QUEUED, 0)


def test_mail_that_is_no_longer_true_is_withdrawn(guests: list[Reservation], postbox: Postbox) -> None:
    over = reserve_and_confirm(make_performance(starts_in=timedelta(hours=1)), email="late@example.org")
    run = prepare_run(Selection(references=(over.reference,)))
    postbox.mails.clear()
    Reservation.objects.filter(pk=over.pk).update(status="cancelled", cancelled_at=timezone.now())
    send_each(run.email_ids, rate=FAST)
    assert mailing.outcome(run.email_ids)["withdrawn"] == 1
    assert postbox.mails == []
