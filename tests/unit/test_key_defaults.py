"""A key's default is made for a record, never for a table."""

import itertools

from dotorm import DotModel, Integer
from dotorm.tables import table_plans
from dotorm_sqlite import SQLITE


def test_the_table_of_a_model_uses_up_no_key() -> None:
    numbers = itertools.count(1)

    class Ticket(DotModel):
        __table__ = "tickets"

        id: int = Integer(primary_key=True, default=numbers.__next__)
        size: int = Integer(default=7)

    (table,) = table_plans([Ticket.__meta__], SQLITE)
    assert [column.default for column in table.columns] == [None, "7"]
    assert next(numbers) == 1
