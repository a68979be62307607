"""Stand-in."""

import json


def read_json(text, source):
    return json.loads(text), (lambda where, key: (1, 1)), ()
