"""`azione privacy …`"""

from __future__ import annotations

from azione.nouns import make_noun

app = make_noun("What is held of a person, and forgetting it.")
