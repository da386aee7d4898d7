"""Other ORMs, each written as its own documentation recommends for speed."""
