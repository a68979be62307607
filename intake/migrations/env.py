"""How Alembic reaches the application's database."""

from alembic import context
from flask import current_app

import intake.models  # noqa: F401 — fills the metadata
from intake.database import UtcDateTime, db


def render_item(kind, item, _autogen_context):
    """Write our type as the plain one below it: a migration must not change with our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_migrations_online():
    """Run the migrations in one transaction, so that a failed one leaves nothing behind."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


def run_migrations_offline():
    """Print the statements instead: ``intake db upgrade --sql``."""
    url = current_app.extensions["intake"].settings.database_url
    context.configure(
        url=url,
        target_metadata=db.metadata,
        literal_binds=True,
        render_item=render_item,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
