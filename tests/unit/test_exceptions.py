"""One tree of errors."""

import pickle

import pytest

from dotorm import exceptions

ALL = {name: getattr(exceptions, name) for name in exceptions.__all__}

BUILTIN = {
    "InvalidFilter": ValueError,
    "InvalidValue": ValueError,
    "FieldNotLoaded": AttributeError,
    "RecordNotFound": LookupError,
    "Timeout": TimeoutError,
}


def made(error):
    return error("arrays", "sqlite", "write a list") if error is ALL["NotSupported"] else error("x")


@pytest.mark.parametrize("error", ALL.values(), ids=ALL)
def test_one_except_catches_all(error):
    assert issubclass(error, exceptions.DotORMError)


@pytest.mark.parametrize(("name", "builtin"), BUILTIN.items(), ids=BUILTIN)
def test_what_else_catches_them(name, builtin):
    assert issubclass(ALL[name], builtin)


def test_integrity():
    for name in ("UniqueViolation", "ForeignKeyViolation", "NotNullViolation", "CheckViolation"):
        assert issubclass(ALL[name], exceptions.IntegrityError)
    for name in ("ConnectionFailed", "Timeout", "SerializationFailure", "IntegrityError"):
        assert issubclass(ALL[name], exceptions.DatabaseError)


@pytest.mark.parametrize("error", ALL.values(), ids=ALL)
def test_every_error_can_be_pickled(error):
    before = made(error)
    after = pickle.loads(pickle.dumps(before))

    assert type(after) is error
    assert str(after) == str(before)


def test_a_violation_tells_what_it_knows():
    error = exceptions.UniqueViolation("no", table="users", columns=("email",), constraint="key")
    after = pickle.loads(pickle.dumps(error))

    assert (after.table, after.columns, after.constraint) == ("users", ("email",), "key")
    bare = exceptions.CheckViolation("no")
    assert (bare.table, bare.columns, bare.constraint) == (None, (), None)


def test_not_supported_is_one_sentence():
    error = exceptions.NotSupported("savepoints", "clickhouse", "use one transaction")
    assert str(error) == "clickhouse does not support savepoints: use one transaction"
    assert str(exceptions.NotSupported("upsert", "x")) == "x does not support upsert"
