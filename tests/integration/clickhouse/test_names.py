"""Names that ClickHouse could take for something else."""

from typing import Any

from dotorm import BigInteger, Char, DotModel, Integer, Load, Many2one, One2many


class Owner(DotModel):
    __table__ = "t0"

    id: int = BigInteger(primary_key=True)
    w: str = Char()
    things: Any = One2many(lambda: Thing, "t1")


class Thing(DotModel):
    """Its columns are called as the aliases in statements are."""

    __table__ = "w"

    id: int = BigInteger(primary_key=True)
    n: int = Integer()
    c0: int = Integer()
    count: str = Char(column="a\\`b")
    t1: Owner = Many2one(lambda: Owner, column="t0")


async def test_columns_called_as_aliases_are(make):
    await make(Owner, Thing)
    await Owner.create_bulk([Owner(id=1, w="x"), Owner(id=2)])
    await Thing.create_bulk(
        [Thing(id=key, n=9 - key, c0=key % 2, count=f"{key}", t1=1 + key % 2) for key in range(9)]
    )
    load = Load(fields=["n", "c0"], filter=[("n", ">", 2), ("c0", "<=", 1)], sort="n", limit=2)
    owners = await Owner.search(fields=["things"], fields_info={"things": load}, sort="id")
    assert [[(each.id, each.n, each.c0) for each in owner.things] for owner in owners] == [
        [(6, 3, 0), (4, 5, 0)],
        [(5, 4, 1), (3, 6, 1)],
    ]
    assert await Thing.search_count([("t1.w", "=", "x"), ("n", "between", [3, 7])]) == 3
    await Thing.update_where([("t1.w", "=", None)], Thing(n=0, count="'"))
    assert await Thing.search_count([("n", "=", 0), ("count", "=", "'")]) == 4
    assert [each.id for each in await Thing.search(sort=["-t1.w", "n"], limit=2)] == [8, 6]
