"""For those who write a backend, and for tests without a database.

The conformance suite tells whether a backend does what it declares::

    python -m dotorm.testing URL
    pytest -p dotorm.testing.plugin --pyargs dotorm.testing.conformance --dotorm-url=URL

`dotorm.testing.recording` is a backend that records what it is told and answers a script. Nothing
here is imported by the rest of DotORM; only the plugin and the command need pytest.
"""

from __future__ import annotations
