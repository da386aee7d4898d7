"""Those who wait for a connection: in turn, each as long as the limit says, with one timer."""

import asyncio

import pytest

from dotorm.databases.abstract.waiters import Waiters


async def test_first_come_first_served_and_the_done_are_passed_over():
    waiters = Waiters(60)
    first, second, third = (waiters.join() for _ in range(3))
    first.cancel()
    assert len(waiters) == 2
    assert waiters.next() is second
    assert waiters.next() is third
    assert waiters.next() is None
    waiters.stop()


async def test_each_loses_patience_at_its_own_time():
    waiters = Waiters(0.05)
    loop = asyncio.get_running_loop()
    started = loop.time()
    first = waiters.join()
    await asyncio.sleep(0.03)
    second = waiters.join()
    with pytest.raises(TimeoutError):
        await first
    assert not second.done()
    with pytest.raises(TimeoutError):
        await second
    assert loop.time() - started >= 0.079
    assert waiters.next() is None


async def test_a_new_timer_begins_after_everyone_was_served():
    waiters = Waiters(0.02)
    waiters.join().set_result(None)
    await asyncio.sleep(0.04)
    with pytest.raises(TimeoutError):
        await waiters.join()


async def test_many_share_one_timer():
    waiters = Waiters(60)
    loop = asyncio.get_running_loop()
    before = len(loop._scheduled)
    for _ in range(100):
        waiters.join()
    assert len(loop._scheduled) == before + 1
    waiters.stop()
