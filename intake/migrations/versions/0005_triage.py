"""People who may be the same are suggested, and decided about."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    make_matching()
    make_team_calendars()


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
        sa.ForeignKeyConstraint(
            ['first_submission_id'],
            ['submissions.id'],
            name=op.f('fk_person_matches_first_submission_id_submissions'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['second_submission_id'],
            ['submissions.id'],
            name=op.f('fk_person_matches_second_submission_id_submissions'),
            ondelete='CASCADE',
        ),
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
        sa.ForeignKeyConstraint(
            ['match_id'],
            ['person_matches.id'],
            name=op.f('fk_person_match_decisions_match_id_person_matches'),
            ondelete='CASCADE',
        ),
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
        sa.ForeignKeyConstraint(
            ['submission_id'],
            ['submissions.id'],
            name=op.f('fk_matching_runs_submission_id_submissions'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_matching_runs')),
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
        sa.ForeignKeyConstraint(
            ['team_id'],
            ['teams.id'],
            name=op.f('fk_team_closures_team_id_teams'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_closures')),
    )
    op.create_index(op.f('ix_team_closures_team_id'), 'team_closures', ['team_id'])
    # plain ADD COLUMN, not a batch: SQLite would rebuild the table, which others refer to
    for column in team_columns():
        op.add_column('teams', column)


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


def drop_team_calendars():
    for column in team_columns():
        op.drop_column('teams', column.name)
    op.drop_table('team_closures')


def downgrade():
    drop_team_calendars()
    for table in ('matching_runs', 'person_match_decisions', 'person_matches'):
        op.drop_table(table)
