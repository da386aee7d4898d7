"""The operations: plain functions of a model's meta, a session and arguments."""
