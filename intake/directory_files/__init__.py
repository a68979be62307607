"""The directory outside the database: one plain form, and the files that it is read from."""
