"""Tables that exist: the statements that add what is missing, and what cannot be added."""

import pytest

from dotorm.ddl import ExistingTable
from tests.sql.library import DIALECTS, NOT_SUPPORTED, Case, every, names, said
from tests.sql.tables import OTHERS, Defaults, Egg, Grouped, Hen, Owner, Pet, changes, pets

HENS = ExistingTable(
    {"id": False, "egg": True}, set(), {("id",), ("egg",)}, {(("egg",), "eggs", ("id",))}
)

TABLE = {
    "nothing to add": Case(
        ([Owner], OTHERS),
        ([], []),
        ([], []),
        ([], []),
    ),
    "columns to add": Case(
        ([Pet], {**OTHERS, **pets()}),
        (
            [
                'ALTER TABLE "pets" ADD COLUMN "name" TEXT',
                (
                    'ALTER TABLE "pets" ADD COLUMN "owner_id" INTEGER REFERENCES "owners" ("id") '
                    "ON DELETE SET NULL"
                ),
                'CREATE INDEX "pets_name_idx" ON "pets" ("name")',
                'CREATE INDEX "pets_owner_id_idx" ON "pets" ("owner_id")',
            ],
            [],
        ),
        (
            [
                'ALTER TABLE "pets" ADD COLUMN "name" VARCHAR',
                'ALTER TABLE "pets" ADD COLUMN "owner_id" BIGINT',
                'CREATE INDEX "pets_name_idx" ON "pets" ("name")',
                'CREATE INDEX "pets_owner_id_idx" ON "pets" ("owner_id")',
                (
                    'ALTER TABLE "pets" ADD CONSTRAINT "pets_owner_id_fkey" FOREIGN KEY '
                    '("owner_id") REFERENCES "owners" ("id") ON DELETE SET NULL'
                ),
            ],
            [],
        ),
        (
            [
                "ALTER TABLE `pets` ADD COLUMN `name` LONGTEXT",
                "ALTER TABLE `pets` ADD COLUMN `owner_id` BIGINT",
                "CREATE INDEX `pets_name_idx` ON `pets` (`name`(768))",
                "CREATE INDEX `pets_owner_id_idx` ON `pets` (`owner_id`)",
                (
                    "ALTER TABLE `pets` ADD CONSTRAINT `pets_owner_id_fkey` FOREIGN KEY "
                    "(`owner_id`) REFERENCES `owners` (`id`) ON DELETE SET NULL"
                ),
            ],
            [],
        ),
    ),
    "constraints to add": Case(
        ([Pet], {**OTHERS, **pets("name", "owner_id")}),
        (
            [
                'CREATE INDEX "pets_name_idx" ON "pets" ("name")',
                'CREATE INDEX "pets_owner_id_idx" ON "pets" ("owner_id")',
            ],
            [
                (
                    "pets.owner_id does not reference owners: this database cannot add a foreign "
                    "key to a column that exists"
                )
            ],
        ),
        (
            [
                'CREATE INDEX "pets_name_idx" ON "pets" ("name")',
                'CREATE INDEX "pets_owner_id_idx" ON "pets" ("owner_id")',
                (
                    'ALTER TABLE "pets" ADD CONSTRAINT "pets_owner_id_fkey" FOREIGN KEY '
                    '("owner_id") REFERENCES "owners" ("id") ON DELETE SET NULL'
                ),
            ],
            [],
        ),
        (
            [
                "CREATE INDEX `pets_name_idx` ON `pets` (`name`(768))",
                "CREATE INDEX `pets_owner_id_idx` ON `pets` (`owner_id`)",
                (
                    "ALTER TABLE `pets` ADD CONSTRAINT `pets_owner_id_fkey` FOREIGN KEY "
                    "(`owner_id`) REFERENCES `owners` (`id`) ON DELETE SET NULL"
                ),
            ],
            [],
        ),
    ),
    "a default for old rows": Case(
        ([Defaults], {"defaults": ExistingTable({"id": False, "number": True}, has_rows=True)}),
        (
            [
                "ALTER TABLE \"defaults\" ADD COLUMN \"text\" TEXT DEFAULT 'it''s \\ %s'",
                'ALTER TABLE "defaults" ADD COLUMN "flag" INTEGER DEFAULT 1 NOT NULL',
                (
                    'ALTER TABLE "defaults" ADD COLUMN "price" TEXT COLLATE dotorm_decimal '
                    "DEFAULT '1.50'"
                ),
                'ALTER TABLE "defaults" ADD COLUMN "data" BLOB DEFAULT X\'00ff\'',
                'ALTER TABLE "defaults" ADD COLUMN "prefs" TEXT DEFAULT \'{"a":[1]}\'',
                'ALTER TABLE "defaults" ADD COLUMN "day" TEXT DEFAULT \'2024-01-02\' NOT NULL',
            ],
            ["Defaults.number is required, its column allows NULL"],
        ),
        (
            [
                "ALTER TABLE \"defaults\" ADD COLUMN \"text\" VARCHAR DEFAULT 'it''s \\ %s'",
                'ALTER TABLE "defaults" ADD COLUMN "flag" BOOL DEFAULT TRUE NOT NULL',
                'ALTER TABLE "defaults" ADD COLUMN "price" DECIMAL(18, 2) DEFAULT \'1.50\'',
                'ALTER TABLE "defaults" ADD COLUMN "data" BYTEA DEFAULT \'\\x00ff\'',
                'ALTER TABLE "defaults" ADD COLUMN "prefs" JSONB DEFAULT \'{"a":[1]}\'',
                'ALTER TABLE "defaults" ADD COLUMN "day" DATE DEFAULT \'2024-01-02\' NOT NULL',
                'ALTER TABLE "defaults" ALTER COLUMN "day" DROP DEFAULT',
            ],
            ["Defaults.number is required, its column allows NULL"],
        ),
        (
            [
                ("ALTER TABLE `defaults` ADD COLUMN `text` LONGTEXT DEFAULT ('it''s \\\\ %s')"),
                "ALTER TABLE `defaults` ADD COLUMN `flag` TINYINT(1) DEFAULT 1 NOT NULL",
                "ALTER TABLE `defaults` ADD COLUMN `price` DECIMAL(18, 2) DEFAULT 1.50",
                "ALTER TABLE `defaults` ADD COLUMN `data` LONGBLOB DEFAULT (X'00ff')",
                (
                    "ALTER TABLE `defaults` ADD COLUMN `prefs` JSON DEFAULT (/*!80019 CAST(*/ "
                    "'{\"a\":[1]}' /*!80019 AS JSON)*/)"
                ),
                ("ALTER TABLE `defaults` ADD COLUMN `day` DATE DEFAULT DATE'2024-01-02' NOT NULL"),
                "ALTER TABLE `defaults` ALTER COLUMN `day` DROP DEFAULT",
            ],
            ["Defaults.number is required, its column allows NULL"],
        ),
    ),
    "a required column": Case(
        ([Egg, Hen], {"eggs": ExistingTable({"id": False}), "hens": HENS}),
        NOT_SUPPORTED,
        (
            [
                'ALTER TABLE "eggs" ADD COLUMN "hen" INTEGER NOT NULL',
                (
                    'ALTER TABLE "eggs" ADD CONSTRAINT "eggs_hen_fkey" FOREIGN KEY ("hen") '
                    'REFERENCES "hens" ("id") ON DELETE RESTRICT'
                ),
            ],
            [],
        ),
        (
            [
                "ALTER TABLE `eggs` ADD COLUMN `hen` INT NOT NULL",
                (
                    "ALTER TABLE `eggs` ADD CONSTRAINT `eggs_hen_fkey` FOREIGN KEY (`hen`) "
                    "REFERENCES `hens` (`id`) ON DELETE RESTRICT"
                ),
            ],
            [],
        ),
    ),
    "uniqueness": Case(
        ([Grouped], {"grouped": ExistingTable({"id": False, "name": True, "city": True})}),
        (
            [
                'CREATE UNIQUE INDEX "grouped_name_key" ON "grouped" ("name")',
                'CREATE UNIQUE INDEX "grouped_name_city_key" ON "grouped" ("name", "city")',
                'CREATE INDEX "grouped_city_name_idx" ON "grouped" ("city", "name")',
            ],
            [],
        ),
        (
            [
                'ALTER TABLE "grouped" ADD CONSTRAINT "grouped_name_key" UNIQUE ("name")',
                (
                    'ALTER TABLE "grouped" ADD CONSTRAINT "grouped_name_city_key" '
                    'UNIQUE ("name", "city")'
                ),
                'CREATE INDEX "grouped_city_name_idx" ON "grouped" ("city", "name")',
            ],
            [],
        ),
        (
            [
                "ALTER TABLE `grouped` ADD CONSTRAINT `grouped_name_key` UNIQUE (`name`)",
                (
                    "ALTER TABLE `grouped` ADD CONSTRAINT `grouped_name_city_key` UNIQUE "
                    "(`name`, `city`)"
                ),
                "CREATE INDEX `grouped_city_name_idx` ON `grouped` (`city`, `name`)",
            ],
            [],
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "given", "expected"), every(TABLE), ids=names(TABLE))
def test_additions(name, dialect, given, expected):
    assert said(changes, *given, DIALECTS[dialect]) == expected
