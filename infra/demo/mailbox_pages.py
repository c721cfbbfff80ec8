"""The mailbox's pages: plain HTML and one style sheet, whose hash is all that their policy allows."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

from demo.mail import Mail, file_name, sent_at

INLINE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_STYLE = """
:root { color-scheme: light dark; --ink: #221c1a; --soft: #6b5f5a; --paper: #faf6f1; --card: #fff; --line: #e4dad0;
  --mark: #8c1c2b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f3ece5; --soft: #b9aca3; --paper: #181312; --card: #221b19; --line: #3a2f2b; --mark: #ff9aa5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font: 600 1.5rem/1.25 Georgia, serif; margin: .25rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .25rem 0 1rem; }
a { color: var(--mark); }
.soft, time, dt { color: var(--soft); font-size: .875rem; }
ul.mails { list-style: none; margin: 1rem 0; padding: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; overflow: hidden; }
ul.mails li + li { border-top: 1px solid var(--line); }
ul.mails a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem 1rem; min-height: 3rem;
  color: inherit; text-decoration: none; }
ul.mails a:hover, ul.mails a:focus-visible { background: color-mix(in srgb, var(--mark) 9%, transparent); }
ul.mails strong { overflow-wrap: anywhere; }
ul.mails .soft { grid-column: 1 / -1; overflow-wrap: anywhere; }
.empty { padding: 2.5rem 1rem; text-align: center; background: var(--card); border: 1px dashed var(--line);
  border-radius: .75rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .125rem .75rem; margin: 0 0 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: min(46rem, 75vh); border: 1px solid var(--line); border-radius: .75rem; background: #fff;
  color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; padding: 1rem; font: .875rem/1.5 ui-monospace, monospace; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


def mail_list(mails: Iterable[Mail], zone: ZoneInfo) -> bytes:
    rows = "".join(_row(mail, zone) for mail in mails)
    content = f'<ul class="mails">{rows}</ul>' if rows else '<p class="empty">No mail has been sent yet.</p>'
    intro = '<p class="soft">What this demo has sent, newest first. Reload the page to look again.</p>'
    return _page("Mailbox", f'<h1>Mailbox</h1>{intro}{content}<p><a href="/">To the site</a></p>')


def _row(mail: Mail, zone: ZoneInfo) -> str:
    subject = escape(mail.header("Subject") or "(no subject)")
    date = sent_at(mail, zone)
    time = f'<time datetime="{date.isoformat()}">{date:%d/%m/%Y %H:%M}</time>'
    to = f'<span class="soft">to {escape(mail.header("To"))}</span>'
    return f'<li><a href="{mail.name}/"><strong>{subject}</strong>{time}{to}</a></li>'


def mail_page(mail: Mail, zone: ZoneInfo) -> bytes:
    subject = escape(mail.header("Subject") or "(no subject)")
    facts = [("From", mail.header("From")), ("To", mail.header("To"))]
    facts.append(("Date", f"{sent_at(mail, zone):%d/%m/%Y %H:%M}"))
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    parts = [f'<p><a href="../">All mails</a></p><h1>{subject}</h1><dl>{listed}</dl>', *_bodies(mail)]
    parts.append(_attachments(mail))
    return _page(subject, "".join(parts))


def _bodies(mail: Mail) -> Iterable[str]:
    if mail.body("html") is not None:
        # The sandbox here and the policy the frame's document comes with say the same; each would be enough.
        sandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        yield f'<iframe src="html" sandbox="{sandbox}" title="The mail as HTML"></iframe>'
    text = mail.body("plain")
    if text is not None:
        yield f"<h2>As text</h2><pre>{_with_links(text)}</pre>"


def _with_links(text: str) -> str:
    """The text escaped, its http addresses clickable."""
    # Splitting at a group gives text and address in turn; each is escaped on its own, as addresses hold ampersands.
    parts = re.split(r"(https?://[^\s<>\"]*[^\s<>\".,;:)])", text)
    return "".join(
        f'<a href="{escape(part)}" rel="noreferrer">{escape(part)}</a>' if index % 2 else escape(part, quote=False)
        for index, part in enumerate(parts)
    )


def _attachments(mail: Mail) -> str:
    items = []
    for number, part in enumerate(mail.leaves):
        if part.get_filename() or part.get_content_disposition() == "attachment":
            name = escape(file_name(part, number))
            items.append(f'<li><a href="part/{number}" download>{name}</a></li>')
    listed = f"<h2>Attachments</h2><ul>{''.join(items)}</ul>" if items else ""
    return f'{listed}<p><a href="source">Source of the mail</a></p>'


def data_url(content_type: str, content: bytes) -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def _page(title: str, content: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{title} · AzioneLab demo</title><style>{_STYLE}</style></head>"
        f"<body><main>{content}</main></body></html>"
    ).encode()
