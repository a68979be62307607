"""Form versions in other languages: the catalogues that were published with them."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('translations', sa.Text(), server_default='', nullable=False)
        )
    op.create_table('form_translations',
    sa.Column('form_id', sa.String(length=80), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('catalogue', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['form_id', 'version'], ['form_versions.form_id', 'form_versions.version'], name=op.f('fk_form_translations_form_id_form_versions')),
    sa.PrimaryKeyConstraint('form_id', 'version', 'language', name=op.f('pk_form_translations'))
    )


def downgrade():
    op.drop_table('form_translations')
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.drop_column('translations')
