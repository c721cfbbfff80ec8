"""What a rule is."""

from typing import NamedTuple


class Rule(NamedTuple):
    """`sql` gives a sentence for each breach, in an order of its own. It names ids and references, nobody's data."""

    name: str
    sql: str
