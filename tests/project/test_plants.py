"""The table of planted faults matches the source; `plants` runs them."""

from __future__ import annotations

import pytest

from tests.tools.plants import PACKAGE, PLANTS, ROOT


@pytest.mark.parametrize("name", PLANTS)
def test_the_code_of_a_plant_is_there_once(name):
    plant = PLANTS[name]
    assert (PACKAGE / plant.file).read_text().count(plant.before) == 1
    assert plant.before != plant.after
    assert all((ROOT / path).exists() for path in plant.tests.split() if path.endswith(".py"))
    compile((PACKAGE / plant.file).read_text().replace(plant.before, plant.after), plant.file, "exec")


def test_there_are_forty_plants():
    assert len(PLANTS) >= 40
