"""Works side by side: no more at once than allowed, all of them done, and one error in the end."""

import asyncio

import pytest

from dotorm.databases.abstract import side_by_side


class Works:
    def __init__(self):
        self.now = self.most = self.done = 0

    async def one(self, error=None, seconds=0.001):
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(seconds)
        self.now -= 1
        if error is not None:
            raise error
        self.done += 1


@pytest.mark.parametrize(("most", "seen"), [(0, 1), (1, 1), (2, 2), (3, 3), (9, 5)])
async def test_no_more_at_once_than_allowed(most, seen):
    works = Works()
    await side_by_side((works.one() for _ in range(5)), most)
    assert (works.most, works.done) == (seen, 5)


@pytest.mark.parametrize("most", [1, 2])
async def test_the_first_error_is_raised_as_it_is(most):
    works = Works()
    error = ValueError("wrong")
    with pytest.raises(ValueError, match="wrong") as caught:
        await side_by_side((works.one(error if n == 0 else None) for n in range(4)), most)
    assert caught.value is error
    assert works.done < 3


async def test_who_cancels_them_cancels_all():
    works = Works()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await side_by_side((works.one(seconds=1) for _ in range(4)), 2)
    assert (works.most, works.done) == (2, 0)


@pytest.mark.parametrize("most", [1, 2])
async def test_an_error_keeps_its_cause(most):
    async def fails():
        await asyncio.sleep(0)
        raise ValueError("ours") from KeyError("driver")

    with pytest.raises(ValueError, match="ours") as error:
        await side_by_side((fails() for _ in range(1)), most)
    assert isinstance(error.value.__cause__, KeyError)
