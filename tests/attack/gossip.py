"""A mail server that takes mails, and repeats in its refusals what it was told, as real ones do."""

from __future__ import annotations

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.mailsink import MailSink

# What stands in an address that it refuses: for good, for now, and only once it has the whole mail.
FOR_GOOD, FOR_NOW, AFTER_ALL = "refused", "deferred", "unwanted"


class Gossip(MailSink):
    async def handle_RCPT(  # noqa: N802 (aiosmtpd's hook)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if FOR_GOOD in address:
            return f"550 5.1.1 <{address}>: Recipient address rejected: no {address} here"
        if FOR_NOW in address:
            return f"450 4.2.2 <{address}>: mailbox of {address} is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if any(AFTER_ALL in address for address in envelope.rcpt_tos):
            subject = next(line for line in (envelope.original_content or b"").splitlines() if b"Subject" in line)
            return f"554 5.7.1 not wanted: {envelope.rcpt_tos[0]} {subject.decode(errors='replace')}"
        return await super().handle_DATA(server, session, envelope)
