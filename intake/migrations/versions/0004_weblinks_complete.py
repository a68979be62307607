"""Weblinks know their kind, their purpose, how their holder is verified and their key."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def link_columns():
    """New column objects each time: a migration may run more than once in a process."""
    return (
        sa.Column('kind', sa.String(16), nullable=False, server_default='personal'),
        sa.Column('version_policy', sa.String(16), nullable=False, server_default='pinned'),
        sa.Column('secret_key_id', sa.String(8), nullable=True),
        sa.Column('sealed_purpose', sa.LargeBinary(), nullable=True),
        sa.Column('verify', sa.String(16), nullable=False, server_default='none'),
        sa.Column('answer_hash', sa.LargeBinary(), nullable=True),
        sa.Column('code_hash', sa.LargeBinary(), nullable=True),
        sa.Column('code_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('wrong_tries', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    )


def upgrade():
    with op.batch_alter_table('links', schema=None) as batch_op:
        for column in link_columns():
            batch_op.add_column(column)
        batch_op.create_index(batch_op.f('ix_links_secret_key_id'), ['secret_key_id'])


def downgrade():
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_links_secret_key_id'))
        for column in reversed(link_columns()):
            batch_op.drop_column(column.name)
