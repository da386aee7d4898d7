"""What all tests share: the databases they run on, and how hypothesis runs."""

import hypothesis

pytest_plugins = [
    "tests.backends",
    "tests.conformance.counts",
    "tests.databases",
    "tests.distributions",
    "tests.wheels",
]

# How long one example takes says nothing on a shared machine.
hypothesis.settings.register_profile("dotorm", deadline=None)
hypothesis.settings.load_profile("dotorm")
