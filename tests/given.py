"""What a record was given."""


def given(record):
    """Its values by name, without what it remembers of a row."""
    return {name: value for name, value in vars(record).items() if name not in ("_plan", "_row")}
