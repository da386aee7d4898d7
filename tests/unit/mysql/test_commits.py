"""Which statements commit a transaction by the way."""

import pytest

from dotorm_mysql.commits import committing


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE t (n INT)", "CREATE"),
        ("begin", "BEGIN"),
        ("START\n TRANSACTION", "START\n TRANSACTION"),
        ("LOCK TABLE t WRITE", "LOCK TABLE"),
        ("LOCK TABLES t READ", "LOCK TABLES"),
        ("FLUSH TABLES", "FLUSH"),
        ("/* one */ /**/\tDROP TABLE t", "DROP"),
        ("/*Monthly\n*/ ALTER TABLE t", "ALTER"),
        ("--\nCREATE TABLE t (n INT)", "CREATE"),
        ("-- x\n# y\nCREATE TABLE t (n INT)", "CREATE"),
        ("/*!80019 CREATE TABLE t (n INT) */", "CREATE"),
        ("/*M! TRUNCATE t */", "TRUNCATE"),
    ],
)
def test_what_commits(sql, words):
    assert committing(sql) == words


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMPORARY TABLE t (n INT)",
        "BEGIN NOT ATOMIC SELECT 1; END",
        "beginning",
        "SELECT 'BEGIN'",
        "-- CREATE TABLE t\nSELECT 1",
        "/* CREATE */ SELECT 1 /* x */ CREATE",
        "# DROP TABLE t",
        "--1 CREATE",
        "LOCK INSTANCE FOR BACKUP",
    ],
)
def test_what_does_not(sql):
    assert not committing(sql)
