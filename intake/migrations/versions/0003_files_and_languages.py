"""Form versions in other languages, with the catalogues published; files of drafts and submissions."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


FILES = {'draft_files': ('draft_id', 'drafts'), 'submitted_files': ('submission_id', 'submissions')}


def upgrade():
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('translations', sa.Text(), server_default='', nullable=False)
        )
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=20), nullable=True))
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
    for table, (owner, owners) in FILES.items():
        op.create_table(table,
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column(owner, sa.String(length=32), nullable=False),
        sa.Column('sealed_key', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_about', sa.LargeBinary(), nullable=False),
        sa.Column('stored_size', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint([owner], [f'{owners}.id'], name=op.f(f'fk_{table}_{owner}_{owners}')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}'))
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f'ix_{table}_{owner}'), [owner], unique=False)


def downgrade():
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_column('language')
    for table, (owner, _) in FILES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f'ix_{table}_{owner}'))
        op.drop_table(table)
    op.drop_table('form_translations')
    with op.batch_alter_table('form_versions', schema=None) as batch_op:
        batch_op.drop_column('translations')
