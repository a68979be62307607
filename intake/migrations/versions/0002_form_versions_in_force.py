"""Form versions say from when they are in force, and whether they were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

versions = sa.table(
    'form_versions',
    sa.column('form_id'),
    sa.column('version'),
    sa.column('published_at', sa.DateTime(timezone=True)),
    sa.column('is_current', sa.Boolean()),
    sa.column('current_from', sa.DateTime(timezone=True)),
)


def upgrade():
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('current_from', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    # a version that was published after the current one, and is not current, was gone back from
    current = versions.alias()
    is_newer = sa.exists().where(
        current.c.form_id == versions.c.form_id,
        current.c.is_current,
        current.c.version != versions.c.version,
        current.c.published_at <= versions.c.published_at,
    )
    op.execute(
        versions.update()
        .where(sa.or_(versions.c.is_current, ~is_newer))
        .values(current_from=versions.c.published_at)
    )
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.drop_column('is_current')


def downgrade():
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('is_current', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    newer = versions.alias()
    now = sa.func.now()
    is_behind = sa.exists().where(
        newer.c.form_id == versions.c.form_id,
        newer.c.current_from > versions.c.current_from,
        newer.c.current_from <= now,
    )
    op.execute(
        versions.update()
        .where(versions.c.current_from <= now, ~is_behind)
        .values(is_current=True)
    )
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.alter_column('is_current', server_default=None)
        batch_op.drop_column('withdrawn_at')
        batch_op.drop_column('current_from')
