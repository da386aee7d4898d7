"""Keys that a program makes by itself."""

import os
import threading
import time
import uuid

import pytest

import dotorm
from dotorm import Snowflake, keys, snowflake, uuid7


def test_numbers_grow_and_have_63_bits():
    made = [snowflake() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert 0 < made[0] < made[-1] < 2**63


def test_uuids_grow_and_are_of_version_7():
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}


def test_both_tell_when_they_were_made(monkeypatch):
    moment = 1_700_000_000_123_456_789
    monkeypatch.setattr(keys, "_last_moment", 0)
    monkeypatch.setattr(time, "time_ns", lambda: moment)
    made = uuid7()
    assert made.int >> 80 == moment // 1_000_000
    assert made.int >> 64 & 0xFFF == (moment % 1_000_000 << 12) // 1_000_000
    number = Snowflake(node=5)()
    assert (number >> 22) + 1_577_836_800_000 == moment // 1_000_000
    assert (number >> 12 & 1023, number & 4095) == (5, 0)


def test_both_grow_when_the_clock_stands_still_or_goes_back(monkeypatch):
    maker = Snowflake(node=1023)
    clock = [time.time_ns()]
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    made, named = [], []
    for step in range(20_000):
        clock[0] -= step % 3
        made.append(maker())
        named.append(uuid7())
    assert made == sorted(set(made))
    assert named == sorted(set(named))
    assert {number >> 12 & 1023 for number in made} == {1023}


def test_threads_never_get_the_same_one():
    maker, made, named = Snowflake(), [], []

    def work():
        made.extend([maker() for _ in range(5_000)])
        named.extend([uuid7() for _ in range(5_000)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 20_000
    assert len(set(named)) == len(named) == 20_000


@pytest.mark.parametrize("node", [-1, 1024])
def test_a_node_has_ten_bits(node):
    with pytest.raises(dotorm.ConfigurationError, match="0 to 1023"):
        Snowflake(node=node)


def test_a_forked_process_is_another_node():
    maker = Snowflake()
    before = maker() >> 12 & 1023
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, str(maker() >> 12 & 1023).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        assert int(pipe.read()) != before == maker() >> 12 & 1023
    assert "node" in repr(maker)


def test_a_field_takes_them_as_default():
    class Thing(dotorm.DotModel):
        __table__ = "things"

        id: int = dotorm.BigInteger(primary_key=True, default=snowflake)
        token: uuid.UUID = dotorm.UUID(default=uuid7)

    first, second = Thing(), Thing()
    assert first.id == first.id < second.id
    assert first.token == first.token < second.token
