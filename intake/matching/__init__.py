"""Whether two people named in forms are the same: pure, without Flask, database or clock.

Import its modules one by one: a process that only shows suggestions loads nothing else.
"""
