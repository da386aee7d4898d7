"""The databases on which competitors meet: one module each, with a class that is a `Stage`."""
