"""The pool: plain connections, kept, handed out in turn, checked, and replaced."""

import asyncio

import pytest

from dotorm import AccessDenied, ConfigurationError, ConnectionFailed, Timeout
from dotorm.testing.recording import DriverError, RecordingConnection


@pytest.fixture
def pool_of(recorder):
    pools = []

    def make(**settings):
        pools.append(recorder.database(**settings).pool)
        return pools[-1]

    yield make
    for pool in pools:
        statistics = pool.statistics()
        assert statistics.waiting == 0
        assert statistics.idle <= statistics.size


def numbers(pool):
    statistics = pool.statistics()
    return statistics.size, statistics.idle, statistics.waiting


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


class TestHandingOut:
    async def test_a_connection_is_used_again(self, pool_of, recorder):
        pool = pool_of()
        first = await pool.acquire()
        pool.release(first)
        assert await pool.acquire() is first
        pool.release(first)
        pool.release(first)
        assert numbers(pool) == (1, 1, 0)
        assert len(recorder.connections) == 1
        assert recorder.calls == []

    async def test_open_makes_the_least(self, pool_of):
        pool = pool_of(min_size=3)
        assert await pool.open() is pool
        assert numbers(pool) == (3, 3, 0)
        assert repr(pool) == "<pool of 3 recording connections, 3 idle>"

    async def test_no_more_than_the_most(self, pool_of):
        pool = pool_of(max_size=2, acquire_timeout=0.01)
        one, two = await pool.acquire(), await pool.acquire()
        with pytest.raises(Timeout, match=r"within 0\.01 s: all 2 are in use .*max_size"):
            await pool.acquire()
        pool.release(one)
        pool.release(two)
        assert numbers(pool) == (2, 2, 0)

    async def test_who_waited_longest_is_first(self, pool_of):
        pool = pool_of(max_size=1)
        lease, order = await pool.acquire(), []

        async def use(name):
            got = await pool.acquire()
            order.append(name)
            await asyncio.sleep(0)
            pool.release(got)

        tasks = [asyncio.create_task(use(name)) for name in "abc"]
        await settled()
        assert numbers(pool) == (1, 0, 3)
        pool.release(lease)
        await asyncio.gather(*tasks)
        assert order == ["a", "b", "c"]

    async def test_a_task_that_is_cancelled_while_it_waits(self, pool_of):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        waiting = [asyncio.create_task(pool.acquire()) for _ in range(2)]
        await settled()
        waiting[0].cancel()
        pool.release(lease)
        assert await waiting[1] is lease
        pool.release(lease)
        assert waiting[0].cancelled()

    async def test_a_task_that_is_cancelled_just_when_it_is_its_turn(self, pool_of):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await settled()
        pool.release(lease)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert numbers(pool) == (1, 1, 0)

    async def test_room_that_is_made_goes_to_who_waits(self, pool_of, recorder):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await settled()
        pool.discard(lease)
        fresh = await waiting
        assert fresh is not lease
        assert recorder.calls == ["[terminate]"]
        pool.release(fresh)


class TestConnecting:
    async def test_a_failure_makes_room_again(self, pool_of, recorder):
        pool = pool_of(max_size=1)

        async def refuse():
            raise OSError("refused")

        recorder.connecting = refuse
        for _ in range(3):
            with pytest.raises(ConnectionFailed, match="recording: refused"):
                await pool.acquire()
        recorder.connecting = None
        pool.release(await pool.acquire())

    async def test_patience(self, pool_of, recorder, monkeypatch):
        pool, tries, pauses = pool_of(reconnect_timeout=60), [], []

        async def refuse_twice():
            tries.append(1)
            if len(tries) < 3:
                raise ConnectionRefusedError

        async def pause(seconds):
            pauses.append(seconds)

        monkeypatch.setattr("dotorm.databases.abstract.connecting.asyncio.sleep", pause)
        recorder.connecting = refuse_twice
        pool.release(await pool.acquire())
        assert (len(tries), pauses) == (3, [0.05, 0.1])

    async def test_no_patience_with_a_server_that_will_not_let_us_in(self, pool_of, recorder):
        tries = []

        async def deny():
            tries.append(1)
            raise AccessDenied("wrong password")

        recorder.connecting = deny
        with pytest.raises(AccessDenied):
            await pool_of(reconnect_timeout=60).open()
        assert len(tries) == 1

    async def test_a_server_that_does_not_answer(self, pool_of, recorder):
        recorder.connecting = asyncio.Event().wait
        with pytest.raises(Timeout, match=r"recording: no connection within 0\.01 s"):
            await pool_of(connect_timeout=0.01).open()

    async def test_a_mistake_of_the_driver_is_left_as_it_is(self, pool_of, recorder):
        async def stumble():
            raise ZeroDivisionError

        recorder.connecting = stumble
        with pytest.raises(ZeroDivisionError):
            await pool_of().open()


class TestHealth:
    async def test_a_connection_that_has_rested_is_asked(self, pool_of, recorder):
        pool = pool_of(check_after=0.001)
        await pool.open()
        await asyncio.sleep(0.002)
        lease = await pool.acquire()
        assert recorder.calls == ["[ping]"]
        pool.release(lease)

    async def test_one_that_does_not_answer_is_replaced(self, pool_of, recorder):
        pool = pool_of(check_after=0.001)
        await pool.open()
        await asyncio.sleep(0.002)
        recorder.fail_at("ping", OSError())
        lease = await pool.acquire()
        assert recorder.calls == ["[ping]", "[terminate]"]
        assert lease.connection is recorder.connections[1]
        pool.release(lease)
        assert numbers(pool) == (1, 1, 0)

    async def test_one_that_is_closed_is_replaced(self, pool_of, recorder):
        pool = pool_of()
        await pool.open()
        recorder.connections[0].closed = True
        lease = await pool.acquire()
        assert lease.connection is recorder.connections[1]
        lease.connection.closed = True
        pool.release(lease)
        assert numbers(pool) == (0, 0, 0)

    async def test_one_that_is_closed_is_not_handed_on(self, pool_of, recorder):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        lease.connection.closed = True
        pool.release(lease)
        assert (await waiting).connection is recorder.connections[1]

    async def test_one_that_is_too_old_is_replaced(self, pool_of, recorder):
        pool = pool_of(max_lifetime=0.001)
        await pool.open()
        await asyncio.sleep(0.002)
        pool.release(await pool.acquire())
        assert len(recorder.connections) == 2
        assert recorder.connections[0].closed

    async def test_too_old_ones_are_not_opened_again_until_they_are_needed(self, pool_of):
        pool = pool_of(min_size=3, max_lifetime=0.01)
        await pool.open()
        await asyncio.sleep(0.02)
        assert numbers(pool) == (3, 3, 0)
        pool.release(await pool.acquire())
        assert numbers(pool) == (1, 1, 0)
        await pool.open()
        assert numbers(pool) == (3, 3, 0)
        await pool.close()

    async def test_a_dirty_one_is_reset_first(self, pool_of, recorder):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        lease.dirty = True
        pool.release(lease)
        assert await pool.acquire() is lease
        assert recorder.calls == ["[reset]"]
        assert not lease.dirty
        pool.release(lease)

    async def test_one_that_cannot_be_reset_is_replaced(self, pool_of, recorder):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        lease.dirty = True
        recorder.fail_at("reset", DriverError("lost"))
        pool.release(lease)
        fresh = await pool.acquire()
        assert fresh is not lease
        assert recorder.calls == ["[reset]", "[terminate]"]
        pool.release(fresh)

    async def test_what_is_idle_too_long_is_closed(self, pool_of, recorder):
        pool = pool_of(min_size=1, idle_timeout=0.01)
        leases = [await pool.acquire() for _ in range(3)]
        for lease in leases:
            pool.release(lease)
        assert numbers(pool) == (3, 3, 0)
        await asyncio.sleep(0.05)
        assert numbers(pool) == (1, 1, 0)
        assert recorder.calls == ["[close]", "[close]"]


class TestClosing:
    async def test_it_waits_for_what_is_in_use(self, pool_of, recorder):
        pool = pool_of()
        lease = await pool.acquire()
        closing = asyncio.create_task(pool.close())
        await settled()
        assert not closing.done()
        pool.release(lease)
        await closing
        assert recorder.calls == ["[close]"]
        assert numbers(pool) == (0, 0, 0)
        with pytest.raises(ConnectionFailed, match=r"the pool is closed: .* 'await db\.open\(\)'"):
            await pool.acquire()
        await pool.close()
        await pool.open()
        await pool.close()

    async def test_it_does_not_wait_for_ever(self, pool_of, recorder, caplog):
        pool = pool_of(close_timeout=0.01)
        await pool.acquire()
        await pool.close()
        assert recorder.calls == ["[terminate]"]
        assert "1 connections were still in use" in caplog.text

    async def test_those_who_wait_are_sent_away(self, pool_of):
        pool = pool_of(max_size=1)
        lease = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await settled()
        closing = asyncio.create_task(pool.close())
        with pytest.raises(ConnectionFailed, match="the pool was closed"):
            await waiting
        pool.release(lease)
        await closing

    async def test_a_connection_that_opens_meanwhile(self, pool_of, recorder):
        pool, opened = pool_of(), asyncio.Event()
        recorder.connecting = opened.wait
        opening = asyncio.create_task(pool.acquire())
        await settled()
        closing = asyncio.create_task(pool.close())
        await settled()
        opened.set()
        with pytest.raises(ConnectionFailed, match="the pool was closed while it connected"):
            await opening
        await closing
        assert all(connection.closed for connection in recorder.connections)
        assert numbers(pool) == (0, 0, 0)

    async def test_one_that_opens_after_the_pool_was_opened_again(self, pool_of, recorder):
        pool, opened = pool_of(max_size=1), asyncio.Event()
        recorder.connecting = opened.wait
        opening = asyncio.create_task(pool.acquire())
        await settled()
        await pool.close()
        recorder.connecting = None
        await pool.open()
        opened.set()
        with pytest.raises(ConnectionFailed, match="the pool was closed while it connected"):
            await opening
        assert numbers(pool) == (1, 1, 0)
        assert [connection.closed for connection in recorder.connections] == [False, True]

    async def test_a_connection_that_cannot_say_goodbye(self, pool_of, recorder):
        pool = pool_of()
        await pool.open()
        recorder.fail_at("close", OSError())
        await pool.close()
        assert recorder.calls[:2] == ["[close]", "[terminate]"]

    async def test_async_with(self, pool_of, recorder):
        async with pool_of() as pool:
            assert numbers(pool) == (1, 1, 0)
        assert recorder.connections[0].closed


class TestEventLoops:
    def test_an_ended_loop_is_left_behind(self, pool_of, recorder):
        pool = pool_of()
        asyncio.run(pool.open())
        asyncio.run(pool.open())
        assert len(recorder.connections) == 2
        assert recorder.calls == ["[terminate]"]
        asyncio.run(pool.close())
        assert recorder.connections[1].closed

    def test_connections_that_cannot_be_closed_any_more(self, pool_of, monkeypatch):
        def broken(connection):
            raise RuntimeError("Event loop is closed")

        pool = pool_of()
        asyncio.run(pool.open())
        monkeypatch.setattr(RecordingConnection, "terminate", broken)
        asyncio.run(pool.open())
        assert numbers(pool) == (1, 1, 0)

    async def test_a_second_living_loop(self, pool_of):
        pool = pool_of()
        await pool.open()
        with pytest.raises(ConfigurationError, match="used by another event loop"):
            await asyncio.to_thread(asyncio.run, pool.open())
        pool.release(await pool.acquire())
