"""What the application does: verbs, one transaction each; no view and no command in here."""
