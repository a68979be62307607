"""Delivered mail of a demonstration, at /demo/mail: a folder of .eml files, shown as pages."""
