"""form_definitions."""
