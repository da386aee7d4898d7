"""The databases: `dotorm.databases.abstract` holds what they share.

``dotorm.databases.<name>`` is the module of the installed plugin of that name.
"""
