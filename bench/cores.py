"""Who works on which cores of the machine.

Left to the kernel, a client and its server meet on one core at times and on two at others. A short
statement takes three times as long on two, so that its figure says where the scheduler put it.
Kept apart, they are as far from each other as on two machines, and always equally far.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_ALL = sorted(os.sched_getaffinity(0))

CLIENTS = frozenset(_ALL[:1])
SERVERS = frozenset(_ALL[1:] or _ALL)


@contextmanager
def started_on(cores: frozenset[int]) -> Iterator[None]:
    """Have the processes that begin in this block stay on some cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
