"""Clocks, people who may be the same, triage, directories, cases made one, rules, extracts."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    make_clocks()
    make_matching()
    make_triage_of_one()
    make_team_calendars()
    join_cases()
    make_rule_versions()
    make_extracts()
    add_queue_columns()  # last: see there


def downgrade():
    drop_queue_columns()  # first: see there
    drop_clocks()
    drop_extracts()
    unmake_triage_of_one()
    part_cases()
    drop_rule_versions()
    drop_team_calendars()
    drop_matching()


def refers(table, column, other, *, cascade=False):
    """A foreign key to the id of another table."""
    return sa.ForeignKeyConstraint(
        [column],
        [f'{other}.id'],
        name=op.f(f'fk_{table}_{column}_{other}'),
        ondelete='CASCADE' if cascade else None,
    )


def clock_columns():
    return (
        sa.Column('decide_by', MOMENT, nullable=True),
        sa.Column('acknowledge_kind', sa.String(10), nullable=False, server_default='fixed'),
        sa.Column('decide_kind', sa.String(10), nullable=False, server_default='fixed'),
        sa.Column('acknowledged_at', MOMENT, nullable=True),
        sa.Column('concluded_at', MOMENT, nullable=True),
        sa.Column('paused_at', MOMENT, nullable=True),
        sa.Column('paused_until', MOMENT, nullable=True),
        sa.Column('pause_reason', sa.String(40), nullable=True),
        sa.Column('pause_count', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('unpaused_acknowledge_by', MOMENT, nullable=True),
        sa.Column('unpaused_decide_by', MOMENT, nullable=True),
        sa.Column('reminded_for', MOMENT, nullable=True),
        sa.Column('escalation_step', sa.Integer(), nullable=False, server_default='0'),
        # whatever is written without it is looked at at once, as is what was there before
        sa.Column('watch_at', MOMENT, nullable=True, server_default='1970-01-01 00:00:00.000000'),
    )


def make_clocks():
    """Due times of decisions, pauses, escalation; how people hear; webhooks."""
    for column in clock_columns():
        op.add_column('destinations', column)
    op.create_index(op.f('ix_destinations_watch_at'), 'destinations', ['watch_at'])
    op.execute(
        'UPDATE destinations SET acknowledged_at = decided_at'
        " WHERE state IN ('accepted', 'declined', 'done')"
    )
    op.execute(
        "UPDATE destinations SET concluded_at = decided_at WHERE state IN ('declined', 'done')"
    )
    op.create_table(
        'escalation_steps',
        sa.Column('team_id', sa.String(length=80), nullable=False),
        sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('staff_id', sa.String(length=32), nullable=False),
        sa.Column('after_minutes', sa.Integer(), nullable=False),
        refers('escalation_steps', 'team_id', 'teams'),
        refers('escalation_steps', 'staff_id', 'staff'),
        sa.PrimaryKeyConstraint('team_id', 'position', name=op.f('pk_escalation_steps')),
    )
    op.create_table(
        'notification_choices',
        sa.Column('team_id', sa.String(length=80), nullable=False),
        sa.Column('recipient', sa.String(length=32), nullable=False),
        sa.Column('choice', sa.String(length=10), nullable=False),
        sa.Column('digest_hour', sa.Integer(), nullable=False),
        sa.Column('digest_on', sa.Date(), nullable=True),
        refers('notification_choices', 'team_id', 'teams'),
        sa.PrimaryKeyConstraint('team_id', 'recipient', name=op.f('pk_notification_choices')),
    )
    make_webhooks()


def make_webhooks():
    op.create_table(
        'webhooks',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('team_id', sa.String(length=80), nullable=False),
        sa.Column('url', sa.String(length=500), nullable=False),
        sa.Column('events', sa.JSON(), nullable=False),
        sa.Column('sealed_secret', sa.LargeBinary(), nullable=False),
        sa.Column('created_by', sa.String(length=80), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('failing_since', MOMENT, nullable=True),
        sa.Column('stopped_at', MOMENT, nullable=True),
        sa.Column('stopped_by', sa.String(length=80), nullable=True),
        refers('webhooks', 'team_id', 'teams'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks')),
    )
    op.create_index(op.f('ix_webhooks_team_id'), 'webhooks', ['team_id'])
    op.create_table(
        'webhook_deliveries',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('webhook_id', sa.String(length=32), nullable=False),
        sa.Column('event', sa.String(length=40), nullable=False),
        sa.Column('reference', sa.String(length=24), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('last_problem', sa.String(length=200), nullable=False),
        sa.Column('finished_at', MOMENT, nullable=True),
        refers('webhook_deliveries', 'webhook_id', 'webhooks', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    )
    for columns in (['webhook_id', 'created_at'], ['created_at']):
        op.create_index(f'ix_webhook_deliveries_{columns[0]}', 'webhook_deliveries', columns)


def drop_clocks():
    for table in ('webhook_deliveries', 'webhooks', 'notification_choices', 'escalation_steps'):
        op.drop_table(table)
    op.drop_index(op.f('ix_destinations_watch_at'), 'destinations')
    for column in clock_columns():
        op.drop_column('destinations', column.name)


def make_matching():
    op.create_table(
        'person_matches',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('first_submission_id', sa.String(length=32), nullable=False),
        sa.Column('first_position', sa.Integer(), nullable=False),
        sa.Column('first_digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('second_submission_id', sa.String(length=32), nullable=False),
        sa.Column('second_position', sa.Integer(), nullable=False),
        sa.Column('second_digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('score', sa.Float(), nullable=False),
        sa.Column('evidence', sa.JSON(), nullable=False),
        sa.Column('weights_version', sa.String(length=40), nullable=False),
        sa.Column('found_at', MOMENT, nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        refers('person_matches', 'first_submission_id', 'submissions', cascade=True),
        refers('person_matches', 'second_submission_id', 'submissions', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_person_matches')),
        sa.UniqueConstraint(
            'first_submission_id',
            'first_position',
            'second_submission_id',
            'second_position',
            name=op.f('uq_person_matches_first_submission_id'),
        ),
    )
    op.create_index(
        op.f('ix_person_matches_second_submission_id'), 'person_matches', ['second_submission_id']
    )
    op.create_table(
        'person_match_decisions',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('match_id', sa.String(length=32), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('actor', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('sealed_words', sa.LargeBinary(), nullable=True),
        refers('person_match_decisions', 'match_id', 'person_matches', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_person_match_decisions')),
        sa.UniqueConstraint(
            'match_id', 'revision', name=op.f('uq_person_match_decisions_match_id')
        ),
    )
    op.create_table(
        'matching_runs',
        sa.Column('submission_id', sa.String(length=32), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('weights_version', sa.String(length=40), nullable=False),
        sa.Column('compared', sa.Integer(), nullable=False),
        sa.Column('left_out', sa.Integer(), nullable=False),
        refers('matching_runs', 'submission_id', 'submissions', cascade=True),
        sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_matching_runs')),
    )


def drop_matching():
    for table in ('matching_runs', 'person_match_decisions', 'person_matches'):
        op.drop_table(table)


def columns_of_a_part():
    return (
        sa.Column('sent_from', sa.String(length=80), nullable=True),
        sa.Column('first_contact_at', MOMENT, nullable=True),
        sa.Column('outcome', sa.String(length=40), nullable=True),
        sa.Column('more_by', MOMENT, nullable=True),
    )


def make_triage_of_one():
    """Whom a rule excludes, and what a team did with its part."""
    op.add_column('cases', sa.Column('excluded_teams', sa.JSON(), nullable=True))
    for column in columns_of_a_part():
        op.add_column('destinations', column)
    op.create_table(
        'sender_mails',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('sealed_address', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        refers('sender_mails', 'id', 'submissions', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sender_mails')),
    )


def unmake_triage_of_one():
    op.drop_table('sender_mails')
    for column in columns_of_a_part():
        op.drop_column('destinations', column.name)
    op.drop_column('cases', 'excluded_teams')


def team_columns():
    return (
        sa.Column('is_removed', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('paused_until', sa.Date(), nullable=True),
        sa.Column(
            'nation', sa.String(length=20), server_default='england-and-wales', nullable=False
        ),
        sa.Column('hours', sa.JSON(), server_default='[]', nullable=False),
        sa.Column('capacity', sa.Integer(), nullable=True),
        sa.Column('cover_team_id', sa.String(length=80), nullable=True),
        sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    )


def make_team_calendars():
    """A team's own hours, closing days, capacity and cover; and that it left the directory."""
    op.create_table(
        'team_closures',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('team_id', sa.String(length=80), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('why', sa.String(length=200), nullable=False),
        refers('team_closures', 'team_id', 'teams', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_closures')),
    )
    op.create_index(op.f('ix_team_closures_team_id'), 'team_closures', ['team_id'])
    # plain ADD COLUMN, not a batch: SQLite would rebuild the table, which others refer to
    for column in team_columns():
        op.add_column('teams', column)


def drop_team_calendars():
    for column in team_columns():
        op.drop_column('teams', column.name)
    op.drop_table('team_closures')


def join_cases():
    with op.batch_alter_table('cases', schema=None) as batch_op:
        for name in ('merged_into', 'split_from'):
            batch_op.add_column(sa.Column(name, sa.String(length=32), nullable=True))
            batch_op.create_index(batch_op.f(f'ix_cases_{name}'), [name])
    with op.batch_alter_table('case_events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about_case_id', sa.String(length=32), nullable=True))
    op.execute(  # what a sender sent later is told by every case that reads the submission
        """
        UPDATE case_events SET submission_id = (
          SELECT submissions.id FROM submissions
          JOIN cases ON cases.id = submissions.case_id AND cases.reference = submissions.reference
          WHERE submissions.case_id = case_events.case_id
        )
        WHERE kind IN ('more-sent', 'withdrawal-asked') AND submission_id IS NULL
        """
    )
    op.create_table(
        'case_merges',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('kept_id', sa.String(length=32), nullable=False),
        sa.Column('merged_id', sa.String(length=32), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('actor', sa.String(length=80), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('undone_at', MOMENT, nullable=True),
        refers('case_merges', 'kept_id', 'cases'),
        refers('case_merges', 'merged_id', 'cases'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_merges')),
    )
    op.create_table(
        'case_submissions',
        sa.Column('case_id', sa.String(length=32), nullable=False),
        sa.Column('submission_id', sa.String(length=32), nullable=False),
        sa.Column('merge_id', sa.String(length=32), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        refers('case_submissions', 'case_id', 'cases'),
        refers('case_submissions', 'merge_id', 'case_merges'),
        refers('case_submissions', 'submission_id', 'submissions', cascade=True),
        sa.PrimaryKeyConstraint('case_id', 'submission_id', name=op.f('pk_case_submissions')),
    )
    for table, column in (
        ('case_merges', 'kept_id'),
        ('case_merges', 'merged_id'),
        ('case_submissions', 'submission_id'),
        ('case_submissions', 'merge_id'),
    ):
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column])


def part_cases():
    op.drop_table('case_submissions')
    op.drop_table('case_merges')
    # plain DROP COLUMN, not a batch: SQLite would make the tables anew, which others refer to
    op.drop_column('case_events', 'about_case_id')
    for name in ('merged_into', 'split_from'):
        op.drop_index(op.f(f'ix_cases_{name}'), 'cases')
        op.drop_column('cases', name)


def make_rule_versions():
    op.create_table(
        'rule_versions',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('form_id', sa.String(length=80), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('base_version', sa.String(length=40), nullable=False),
        sa.Column('valid_from', MOMENT, nullable=True),
        sa.Column('checked_with', sa.JSON(), nullable=False),
        sa.Column('trial', sa.JSON(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('created_by', sa.String(length=80), nullable=False),
        sa.Column('edited_at', MOMENT, nullable=False),
        sa.Column('edited_by', sa.String(length=80), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=True),
        sa.Column('asked_by', sa.String(length=80), nullable=True),
        sa.Column('returned_at', MOMENT, nullable=True),
        sa.Column('returned_by', sa.String(length=80), nullable=True),
        sa.Column('returned_why', sa.Text(), nullable=True),
        sa.Column('published_at', MOMENT, nullable=True),
        sa.Column('published_by', sa.String(length=80), nullable=True),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('withdrawn_by', sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_versions')),
        sa.UniqueConstraint('form_id', 'version', name=op.f('uq_rule_versions_form_id')),
    )
    op.add_column(
        'form_versions', sa.Column('rules_line', sa.Text(), nullable=False, server_default='')
    )


def drop_rule_versions():
    op.drop_column('form_versions', 'rules_line')
    op.drop_table('rule_versions')


def make_extracts():
    """What a team gets of a submission that is sent only sections of it."""
    op.create_table(
        'submission_extracts',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('submission_id', sa.String(length=32), nullable=False),
        sa.Column('sections', sa.JSON(), nullable=False),
        sa.Column('sealed_answers', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_decision', sa.LargeBinary(), nullable=False),
        refers('submission_extracts', 'submission_id', 'submissions', cascade=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_extracts')),
    )
    op.create_index(
        op.f('ix_submission_extracts_submission_id'), 'submission_extracts', ['submission_id']
    )
    op.create_table(
        'extract_key_copies',
        sa.Column('extract_id', sa.String(length=32), nullable=False),
        sa.Column('key_id', sa.String(length=32), nullable=False),
        sa.Column('team_id', sa.String(length=80), nullable=True),
        sa.Column('suite', sa.String(length=60), nullable=False),
        sa.Column('sealed_key', sa.LargeBinary(), nullable=False),
        refers('extract_key_copies', 'extract_id', 'submission_extracts', cascade=True),
        refers('extract_key_copies', 'key_id', 'keys'),
        refers('extract_key_copies', 'team_id', 'teams'),
        sa.PrimaryKeyConstraint('extract_id', 'key_id', name=op.f('pk_extract_key_copies')),
    )
    op.create_index(op.f('ix_extract_key_copies_team_id'), 'extract_key_copies', ['team_id'])
    op.create_table(
        'extract_files',
        sa.Column('extract_id', sa.String(length=32), nullable=False),
        sa.Column('file_id', sa.String(length=32), nullable=False),
        sa.Column('sealed_key', sa.LargeBinary(), nullable=False),
        refers('extract_files', 'extract_id', 'submission_extracts', cascade=True),
        refers('extract_files', 'file_id', 'submitted_files', cascade=True),
        sa.PrimaryKeyConstraint('extract_id', 'file_id', name=op.f('pk_extract_files')),
    )
    op.create_table(
        'extract_index_entries',
        sa.Column('extract_id', sa.String(length=32), nullable=False),
        sa.Column('kind', sa.String(length=30), nullable=False),
        sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
        refers('extract_index_entries', 'extract_id', 'submission_extracts', cascade=True),
        sa.PrimaryKeyConstraint(
            'extract_id', 'kind', 'digest', name=op.f('pk_extract_index_entries')
        ),
    )
    op.create_index(op.f('ix_extract_index_entries_digest'), 'extract_index_entries', ['digest'])


def drop_extracts():
    for table in (
        'extract_index_entries',
        'extract_files',
        'extract_key_copies',
        'submission_extracts',
    ):
        op.drop_table(table)


# On SQLite a table with columns that the database works out cannot be made anew, which is how other
# columns of it are changed there. So these come last and go first; a later migration that makes
# `destinations` anew takes them off before, and puts them back.
COMPUTED = {
    'shown_in': (
        sa.String(length=20),
        "CASE WHEN is_archived THEN 'archived' WHEN state = 'accepted' THEN 'accepted'"
        " WHEN state = 'declined' THEN 'declined' WHEN state = 'done' THEN 'finished'"
        " ELSE 'waiting' END",
    ),
    'settled_at': (MOMENT, 'COALESCE(decided_at, delivered_at)'),
    'due_at': (
        MOMENT,
        "CASE WHEN state <> 'accepted' AND acknowledged_at IS NULL THEN acknowledge_by"
        " WHEN concluded_at IS NULL THEN COALESCE(decide_by, '9999-12-31 00:00:00.000000')"
        " ELSE '9999-12-31 00:00:00.000000' END",
    ),
}
ORDER = ('urgency', 'due_at', 'id')
NOBODY, SOMEBODY = 'assigned_to IS NULL', 'assigned_to IS NOT NULL'
OVER = "shown_in IN ('finished', 'declined', 'archived')"
QUEUE_INDEXES = {
    'queue': (('shown_in', *ORDER), NOBODY),
    'queue_assigned': (('shown_in', *ORDER), SOMEBODY),
    'form': (('shown_in', 'form_id', *ORDER), NOBODY),
    'form_assigned': (('shown_in', 'form_id', *ORDER), SOMEBODY),
    'assignee': (('assigned_to', 'shown_in', *ORDER), SOMEBODY),
    'over': (('shown_in', 'settled_at', 'id'), OVER),
    'over_form': (('shown_in', 'form_id', 'urgency', 'settled_at', 'id'), OVER),
    'arrived': (('shown_in', 'delivered_at'), None),
}


def add_queue_columns():
    with op.batch_alter_table('destinations', schema=None) as batch_op:
        batch_op.drop_index('ix_destinations_queue')
        batch_op.add_column(sa.Column('assigned_to', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('assigned_at', MOMENT, nullable=True))
        batch_op.add_column(
            sa.Column('form_id', sa.String(length=80), server_default='', nullable=False)
        )
        batch_op.add_column(
            sa.Column('is_archived', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.execute(
        'UPDATE destinations SET'
        ' form_id = (SELECT form_id FROM cases WHERE cases.id = case_id),'
        " is_archived = (SELECT state = 'archived' FROM cases WHERE cases.id = case_id)"
    )
    for name, (kind, words) in COMPUTED.items():
        op.add_column('destinations', sa.Column(name, kind, sa.Computed(words), nullable=False))
    for name, (columns, only) in QUEUE_INDEXES.items():
        where = sa.text(only) if only else None
        op.create_index(
            f'ix_destinations_{name}',
            'destinations',
            ['team_id', *columns],
            postgresql_where=where,
            sqlite_where=where,
        )


def drop_queue_columns():
    for name in QUEUE_INDEXES:
        op.drop_index(f'ix_destinations_{name}', 'destinations')
    for name in (*COMPUTED, 'is_archived', 'form_id', 'assigned_at', 'assigned_to'):
        op.drop_column('destinations', name)
    op.create_index(
        'ix_destinations_queue', 'destinations', ['team_id', 'state', 'urgency', 'acknowledge_by']
    )
