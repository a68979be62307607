"""Files that people send: received, inspected, cleaned, scanned, and sealed in a blob store."""
