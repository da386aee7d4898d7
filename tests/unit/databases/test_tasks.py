"""Work that is finished whatever happens around it."""

import asyncio

import pytest

from dotorm.databases.abstract import tasks


async def test_every_callback_is_called_and_the_first_error_is_raised():
    called = []

    async def waits():
        called.append("waits")
        raise ValueError("first")

    def fails():
        called.append("fails")
        raise KeyError("second")

    with pytest.raises(ValueError, match="first"):
        await tasks.call_all([waits, fails, lambda: called.append("last")])
    assert called == ["waits", "fails", "last"]
    await tasks.call_all([])


async def test_no_answer_in_time():
    with pytest.raises(tasks.Timeout, match=r"no answer within 0.001 s"):
        await tasks.within(0.001, asyncio.sleep(60))


async def test_a_timeout_of_the_work_itself_is_left_alone():
    async def work():
        raise TimeoutError("the work's own")

    with pytest.raises(TimeoutError, match="the work's own"):
        await tasks.within(60, work())


async def test_an_answer_without_limit():
    assert await tasks.within(None, asyncio.sleep(0, "answer")) == "answer"
