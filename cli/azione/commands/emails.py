"""`azione emails …`"""

from __future__ import annotations

from azione.nouns import make_noun

app = make_noun("The mails to guests: what waits, what failed, and sending it.")
