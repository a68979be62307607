"""The demonstration: a complete installation in a folder, with made-up people."""
