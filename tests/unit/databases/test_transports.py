"""How much a transport reads at a time."""

import asyncio
import socket

from dotorm.databases.abstract import read_in_portions

PORTION = 64 * 1024


class Kept(asyncio.Protocol):
    def __init__(self):
        self.sizes = []
        self.ended = asyncio.get_running_loop().create_future()

    def data_received(self, data):
        self.sizes.append(len(data))

    def connection_lost(self, error):
        self.ended.set_result(error)


async def test_no_read_is_larger_than_a_portion_and_nothing_is_lost():
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    transport, protocol = await asyncio.get_running_loop().connect_accepted_socket(Kept, ours)

    read_in_portions(transport)
    theirs.sendall(bytes(150_000))
    theirs.close()
    await protocol.ended

    assert max(protocol.sizes) == PORTION
    assert sum(protocol.sizes) == 150_000


def test_a_smaller_size_stays_and_what_has_none_is_left_alone():
    class Transport:
        max_size = 4096

    small, none = Transport(), object()

    read_in_portions(small)
    read_in_portions(none)  # would raise if it set anything

    assert small.max_size == 4096
