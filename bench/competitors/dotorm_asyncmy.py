"""DotORM on MariaDB and MySQL with the compiled driver."""

from dataclasses import replace
from typing import ClassVar

from bench.competitor import Place
from bench.competitors.dotorm_orm import DotORM


class DotORMAsyncmy(DotORM):
    """The same, by another URL."""

    title = "DotORM, asyncmy"
    packages: ClassVar[tuple[str, ...]] = ("dotorm-core", "dotorm-mysql", "asyncmy")

    async def open(self, place: Place) -> None:
        """Connect."""
        await super().open(replace(place, url=place.url.replace("://", "+asyncmy://", 1)))
