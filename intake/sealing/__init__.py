"""Keys, envelopes, weblink tokens and the blind index."""
