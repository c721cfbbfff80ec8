"""`azione performances …`"""

from __future__ import annotations

from azione.nouns import make_noun

app = make_noun("Single evenings: when, where, and how full.")
