"""Weblinks know their kind, purpose, verification and key; campaigns send them to many."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


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
        sa.Column('wrong_tries_in_all', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('started_at', MOMENT, nullable=True),
        sa.Column('reminder_share', sa.LargeBinary(length=16), nullable=True),
        sa.Column('replaced_by', sa.String(32), nullable=True),
        sa.Column('email_unsafe', sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def upgrade():
    with op.batch_alter_table('links', schema=None) as batch_op:
        for column in link_columns():
            batch_op.add_column(column)
        batch_op.create_index(batch_op.f('ix_links_secret_key_id'), ['secret_key_id'])
    make_campaigns()
    make_resumes()
    make_status_links()
    keep_copies()
    make_event_files()


def make_campaigns():
    op.create_table(
        'campaigns',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('form_id', sa.String(length=80), nullable=False),
        sa.Column('form_version', sa.String(length=40), nullable=False),
        sa.Column('team_id', sa.String(length=80), nullable=False),
        sa.Column('language', sa.String(length=20), nullable=True),
        sa.Column('created_by', sa.String(length=80), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('per_minute', sa.Integer(), nullable=False),
        sa.Column('household', sa.String(length=120), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('never_queued', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('paced_until', MOMENT, nullable=False),
        sa.Column('confirmed_at', MOMENT, nullable=True),
        sa.Column('queued_at', MOMENT, nullable=True),
        sa.Column('stopped_at', MOMENT, nullable=True),
        sa.Column('message_digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('sealed_message', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_file', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ['team_id'], ['teams.id'], name=op.f('fk_campaigns_team_id_teams')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    )
    op.create_index(op.f('ix_campaigns_team_id'), 'campaigns', ['team_id'])
    op.create_table(
        'campaign_recipients',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('campaign_id', sa.String(length=32), nullable=False),
        sa.Column('row_key', sa.LargeBinary(length=32), nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('link_id', sa.String(length=32), nullable=False),
        sa.Column('address_digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('message_id', sa.String(length=32), nullable=False),
        sa.Column('sealed_delivery', sa.LargeBinary(), nullable=True),
        sa.Column('reminders', sa.Integer(), nullable=False),
        sa.Column('reminded_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['campaign_id'],
            ['campaigns.id'],
            name=op.f('fk_campaign_recipients_campaign_id_campaigns'),
        ),
        sa.ForeignKeyConstraint(
            ['link_id'], ['links.id'], name=op.f('fk_campaign_recipients_link_id_links')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_recipients')),
        sa.UniqueConstraint(
            'campaign_id', 'row_key', name=op.f('uq_campaign_recipients_campaign_id')
        ),
        sa.UniqueConstraint('link_id', name=op.f('uq_campaign_recipients_link_id')),
    )
    op.create_table(
        'opt_outs',
        sa.Column('organisation_id', sa.String(length=80), nullable=False),
        sa.Column('address_digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['organisation_id'],
            ['organisations.id'],
            name=op.f('fk_opt_outs_organisation_id_organisations'),
        ),
        sa.PrimaryKeyConstraint('organisation_id', 'address_digest', name=op.f('pk_opt_outs')),
    )


def make_resumes():
    op.create_table(
        'resumes',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('draft_id', sa.String(length=32), nullable=False),
        sa.Column('sealed_key', sa.LargeBinary(), nullable=True),
        sa.Column('wrong_tries', sa.Integer(), nullable=False),
        sa.Column('wrong_tries_in_all', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['draft_id'], ['drafts.id'], name=op.f('fk_resumes_draft_id_drafts')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_resumes')),
    )
    op.create_index(op.f('ix_resumes_draft_id'), 'resumes', ['draft_id'])


def make_status_links():
    op.create_table(
        'status_links',
        sa.Column('submission_id', sa.String(length=32), nullable=False),
        sa.Column('secret_check', sa.LargeBinary(length=32), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['submission_id'],
            ['submissions.id'],
            name=op.f('fk_status_links_submission_id_submissions'),
        ),
        sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_status_links')),
    )
    with op.batch_alter_table('destinations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_named', sa.Boolean(), nullable=True))


def keep_copies():
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed_copy', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('copy_until', MOMENT, nullable=True))


def make_event_files():
    op.create_table(
        'event_files',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('event_id', sa.String(length=32), nullable=False),
        sa.Column('sealed_key', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_about', sa.LargeBinary(), nullable=False),
        sa.Column('stored_size', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['event_id'], ['case_events.id'], name=op.f('fk_event_files_event_id_case_events')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_files')),
    )
    op.create_index(op.f('ix_event_files_event_id'), 'event_files', ['event_id'])


def downgrade():
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.drop_column('copy_until')
        batch_op.drop_column('sealed_copy')
    with op.batch_alter_table('destinations', schema=None) as batch_op:
        batch_op.drop_column('is_named')
    for table in ('event_files', 'status_links', 'resumes', 'opt_outs', 'campaign_recipients', 'campaigns'):
        op.drop_table(table)
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_links_secret_key_id'))
        for column in reversed(link_columns()):
            batch_op.drop_column(column.name)
