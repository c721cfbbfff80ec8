"""`azione users …`"""

from __future__ import annotations

from azione.nouns import make_noun

app = make_noun("Accounts of the staff.")
