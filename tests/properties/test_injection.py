"""Hostile names, operators and values, through every operation, on real databases.

Each call answers, or raises a `DotORMError`. Whatever it is given, each statement that reaches the
server is made of words of ours, placeholders, and quoted names of the model's own.
"""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings

from dotorm import Load
from tests.properties.arena import EXAMPLES, Thing
from tests.properties.weapons import ANYTHING


def record():
    """The first record, as if it was read before."""
    return Thing(id=1, name="one")


# Each takes two arguments and is given them as they come.
CALLS = {
    "filter": lambda a, b: Thing.search(filter=a),
    "conditions": lambda a, b: Thing.search(filter=[a, "or", b]),
    "sort": lambda a, b: Thing.search(sort=a, order=b),
    "sorts": lambda a, b: Thing.search(sort=[a, b]),
    "order": lambda a, b: Thing.search(order=a),
    "fields": lambda a, b: Thing.search(fields=a),
    "two fields": lambda a, b: Thing.search(fields=[a, b]),
    "fields_info": lambda a, b: Thing.search(fields=["tags", "owner_id"], fields_info=a),
    "fields of tags": lambda a, b: Thing.search(fields=["tags"], fields_info={"tags": a}),
    "load": lambda a, b: Thing.search(fields=["parts"], fields_info={"parts": Load(filter=a)}),
    "load sorted": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(sort=a, order=b)}
    ),
    "load limited": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(limit=a, fields=b)}
    ),
    "load nested": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(fields=["things"], fields_info={"things": a})}
    ),
    "limit": lambda a, b: Thing.search(limit=a),
    "window": lambda a, b: Thing.search(start=a, end=b),
    "for_update": lambda a, b: Thing.search(for_update=a),
    "count": lambda a, b: Thing.search_count(a),
    "exists": lambda a, b: Thing.exists([a]),
    "stream": lambda a, b: Thing.stream(filter=a, sort=b),
    "stream batch": lambda a, b: Thing.stream(batch=a, limit=b),
    "get": lambda a, b: Thing.get(a),
    "get fields": lambda a, b: Thing.get(1, a),
    "get or raise": Thing.get_or_raise,
    "get with relations": lambda a, b: Thing.get_with_relations(1, a, b),
    "create": lambda a, b: Thing.create(a),
    "create_bulk": lambda a, b: Thing.create_bulk(a),
    "create_bulk of two": lambda a, b: Thing.create_bulk([a, b]),
    "update payload": lambda a, b: record().update(a),
    "update fields": lambda a, b: record().update(Thing(text="t"), a),
    "update_bulk": lambda a, b: Thing.update_bulk(a, Thing(text="t")),
    "update_bulk payload": lambda a, b: Thing.update_bulk([1], a, b),
    "update_bulk of its own": lambda a, b: Thing.update_bulk([Thing(id=1, text=a)], None, b),
    "update_where": lambda a, b: Thing.update_where(a, Thing(text="t")),
    "update_where fields": lambda a, b: Thing.update_where([("id", "=", 1)], Thing(text="t"), a),
    "upsert": lambda a, b: Thing.upsert(Thing(code=uuid.uuid4(), text="t"), a, b),
    "upsert by two": lambda a, b: Thing.upsert(Thing(number=1, small=2), [a, b]),
    "upsert_bulk": lambda a, b: Thing.upsert_bulk([Thing(code=uuid.uuid4(), text="t")], a, b),
    "upsert_bulk of": lambda a, b: Thing.upsert_bulk(a, ["code"], b),
    "upsert_bulk by value": lambda a, b: Thing.upsert_bulk(
        [Thing(code=a), Thing(code=b)], ["code"]
    ),
    "delete_bulk": lambda a, b: Thing.delete_bulk(a),
    "delete_bulk of two": lambda a, b: Thing.delete_bulk([a, b]),
    "delete_where": lambda a, b: Thing.delete_where(a),
    "many2many": Thing.get_many2many,
    "many2many sort": lambda a, b: Thing.get_many2many("tags", 1, sort=a, order=b),
    "many2many filter": lambda a, b: Thing.get_many2many("tags", 1, fields=a, filter=b),
    "many2many window": lambda a, b: Thing.get_many2many("tags", 1, start=a, end=b),
    "link": Thing.link_many2many,
    "link pairs": lambda a, b: Thing.link_many2many("tags", [(a, b)]),
    "unlink": lambda a, b: Thing.unlink_many2many("tags", a),
    "unlink field": lambda a, b: record().unlink_many2many(a, b),
    "relations": lambda a, b: record().update_with_relations(Thing(tags=a), b),
    "relations parts": lambda a, b: record().update_with_relations(
        Thing(tags={"selected": a, "deleted": b})
    ),
    "relations created": lambda a, b: record().update_with_relations(
        Thing(parts={"created": [a, b]})
    ),
    "session": lambda a, b: Thing.search(session=a),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(a=ANYTHING, b=ANYTHING)
def test_hostile_arguments(stage, name, a, b):
    stage.attempt(lambda: CALLS[name](a, b))
