"""The benchmark: DotORM, the raw drivers and other ORMs, on the same server and data."""
