"""The mistakes that `make faults` puts into the backend still fit the words that stand there."""

import ast

import pytest

from faults.mutants import MUTANTS, SOURCE, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_can_be_put_in(mutant: Mutant) -> None:
    source = mutant.source()
    assert ast.dump(ast.parse(source)) != ast.dump(ast.parse((SOURCE / mutant.file).read_text()))
