"""All of the first migrations in one: a new database is ready in a quarter of the time."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# The alert rules that an installation begins with; they are changed, turned off and deleted at will:
# name, kind, limit, well again at, at least, bad checks, good checks
RULES = (
    ("Few texts arrive", "delivery", 85, 90, 200, 3, 5),
    ("Fewer texts arrive than before", "drop", 10, 5, 500, 3, 5),
    ("Many people opt out", "opt_outs", 3, 2, 500, 3, 5),
    ("The month's money runs out", "spend", 80, 79, 1, 1, 1),
    ("Texts are due and none leaves", "backlog", 15, 2, 1, 2, 3),
    ("AWS says nothing of our texts", "silent", 30, 5, 20, 2, 2),
    ("Reading from AWS fails", "sync", 60, 0, 1, 1, 1),
)


def add(apps, schema_editor):
    AlertRule = apps.get_model("analytics", "AlertRule")
    for name, kind, threshold, recovery, least, bad, good in RULES:
        AlertRule.objects.get_or_create(
            name=name,
            defaults={
                "kind": kind,
                "threshold": threshold,
                "recovery": recovery,
                "least": least,
                "bad_checks": bad,
                "good_checks": good,
            },
        )


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("analytics", "0001_initial"),
        ("analytics", "0002_facts_of_direct_texts"),
        ("analytics", "0003_facts_by_kind"),
        ("analytics", "0004_effects_of_runs"),
        ("analytics", "0005_consents_by_hour"),
        ("analytics", "0006_outgoing_mail"),
        ("analytics", "0007_alerts"),
        ("analytics", "0008_usual_alert_rules"),
        ("analytics", "0009_report_choices"),
    ]

    dependencies = [
        ('campaigns', '0001_squashed_0040_read_sources'),
        ('compliance', '0001_squashed_0022_senders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AlertRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('delivery', 'few texts arrive'), ('drop', 'fewer texts arrive than in the week before'), ('opt_outs', 'many people opt out'), ('spend', "the month's money runs out"), ('backlog', 'texts are due and none leaves'), ('silent', 'texts are sent and AWS says nothing of them'), ('sync', 'reading from AWS fails')], max_length=10, verbose_name='what is watched')),
                ('threshold', models.DecimalField(decimal_places=2, help_text="From here on it is bad. Few texts arrive: below so many % of them. Fewer than before: so many points of % less. Opt-outs: so many % of the people reached. Money: so many % of the budget or AWS's limit, whichever is smaller. All others: so many minutes.", max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='limit')),
                ('recovery', models.DecimalField(decimal_places=2, help_text='From here on it is well. Between the two, an open alert stays open.', max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='well again at')),
                ('window_hours', models.PositiveSmallIntegerField(default=24, help_text='Of texts that arrive and opt-outs, which are counted by the hour.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(168)], verbose_name='over the last (hours)')),
                ('least', models.PositiveIntegerField(default=200, help_text='Fewer prove nothing. Not for money, backlog and reading from AWS.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='at least (texts)')),
                ('bad_checks', models.PositiveSmallIntegerField(default=3, help_text='In a row; there is one a minute.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='opens after (bad checks)')),
                ('good_checks', models.PositiveSmallIntegerField(default=5, help_text='In a row.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='closes after (good checks)')),
                ('country', models.CharField(blank=True, help_text='For texts that arrive and opt-outs.', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$', 'Write a country such as US.')], verbose_name='only to the country')),
                ('also_to', models.TextField(blank=True, help_text='Other e-mail addresses, one a line.', verbose_name='also to')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('muted_until', models.DateTimeField(editable=False, null=True, verbose_name='muted until')),
                ('bad_run', models.PositiveIntegerField(default=0, editable=False)),
                ('good_run', models.PositiveIntegerField(default=0, editable=False)),
                ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='checked')),
                ('value', models.DecimalField(decimal_places=2, editable=False, max_digits=12, null=True)),
                ('says', models.CharField(blank=True, editable=False, max_length=500, verbose_name='now')),
                ('campaign', models.ForeignKey(blank=True, help_text='For texts that arrive, opt-outs and backlog.', null=True, on_delete=django.db.models.deletion.CASCADE, to='campaigns.campaign', verbose_name='only of the campaign')),
                ('originator', models.ForeignKey(blank=True, help_text='For texts that arrive and opt-outs.', null=True, on_delete=django.db.models.deletion.CASCADE, to='compliance.originator', verbose_name='only from')),
                ('people', models.ManyToManyField(blank=True, help_text='Nobody chosen, and no address below: everybody who may handle alerts.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='told by e-mail')),
            ],
            options={
                'verbose_name': 'alert rule',
                'ordering': ('name',),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'delivery'), ('recovery__gte', models.F('threshold'))), models.Q(models.Q(('kind', 'delivery'), _negated=True), ('recovery__lte', models.F('threshold'))), _connector='OR'), name='alert_recovers_on_the_good_side', violation_error_message='“Well again at” must be on the good side of the limit, or the same: higher for texts that arrive, lower for all others.'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['delivery', 'drop', 'opt_outs']), models.Q(('country', ''), ('originator', None), models.Q(('kind', 'backlog'), ('campaign', None), _connector='OR')), _connector='OR'), name='alert_has_a_scope_that_it_can_have', violation_error_message='Only texts that arrive and opt-outs can be of one originator or country, and only these and backlog of one campaign.'),
                    models.CheckConstraint(condition=models.Q(('bad_checks__gte', 1), ('good_checks__gte', 1), ('least__gte', 1), ('recovery__gte', 0), ('threshold__gte', 0), ('window_hours__gte', 1)), name='alert_counts_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('says', models.CharField(max_length=500, verbose_name='what is wrong')),
                ('told_at', models.DateTimeField(null=True, verbose_name='told')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                ('closing', models.CharField(blank=True, max_length=500, verbose_name='at its end')),
                ('acknowledged_at', models.DateTimeField(null=True, verbose_name='acknowledged')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acknowledged by')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='analytics.alertrule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'alert',
                'permissions': [('handle_alert', 'Can acknowledge and mute alerts')],
                'default_permissions': ('view',),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('rule',), name='one_open_alert_of_a_rule'),
                    models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='alert_closes_after_it_opened'),
                    models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='alert_is_acknowledged_by_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ArmOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('arm', models.PositiveSmallIntegerField(null=True, verbose_name='arm')),
                ('outcome', models.CharField(max_length=110, verbose_name='outcome')),
                ('people', models.PositiveIntegerField(verbose_name='people')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.run', verbose_name='run')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'arm', 'outcome'), name='one_count_per_arm_and_outcome', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='BlockFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='hour')),
                ('arm', models.PositiveSmallIntegerField(default=0, verbose_name='arm')),
                ('message_class', models.CharField(blank=True, choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13, verbose_name='kind of text')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('carrier', models.CharField(blank=True, max_length=60, verbose_name='carrier')),
                ('block', models.BigIntegerField()),
                ('state', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('delay', models.PositiveSmallIntegerField(null=True)),
                ('texts', models.PositiveIntegerField()),
                ('attempted', models.PositiveIntegerField()),
                ('sent', models.PositiveIntegerField()),
                ('parts', models.PositiveIntegerField()),
                ('price', models.DecimalField(decimal_places=5, max_digits=14)),
                ('carrier_fee', models.DecimalField(decimal_places=5, max_digits=14)),
                ('awaited', models.DecimalField(decimal_places=5, max_digits=14)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.campaign', verbose_name='campaign')),
                ('originator', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.originator', verbose_name='originator')),
                ('program', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.program', verbose_name='program')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.run', verbose_name='run')),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['block'], name='block_fact_block'),
                    models.Index(fields=['hour'], name='block_fact_hour'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ConsentHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='hour')),
                ('program_id', models.BigIntegerField(null=True)),
                ('act', models.CharField(choices=[('opt_in_requested', 'opt-in requested'), ('opt_in', 'opt-in confirmed'), ('opt_out', 'opt-out'), ('scope_change', 'change of scope'), ('erasure', 'erasure'), ('correction', 'correction')], max_length=20, verbose_name='act')),
                ('source', models.CharField(choices=[('web_form', 'web form'), ('keyword', 'text message'), ('paper', 'paper'), ('import', 'import'), ('api', 'API'), ('carrier', 'carrier or AWS'), ('operator', 'operator')], max_length=10, verbose_name='source')),
                ('delay', models.PositiveSmallIntegerField(null=True)),
                ('entries', models.PositiveIntegerField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('hour', 'program_id', 'act', 'source', 'delay'), name='one_count_of_consents_per_hour_and_act', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='HourlyFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='hour')),
                ('arm', models.PositiveSmallIntegerField(default=0, verbose_name='arm')),
                ('message_class', models.CharField(blank=True, choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13, verbose_name='kind of text')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('carrier', models.CharField(blank=True, max_length=60, verbose_name='carrier')),
                ('attempted', models.PositiveIntegerField(default=0, verbose_name='handed to AWS')),
                ('sent', models.PositiveIntegerField(default=0, verbose_name='taken by AWS')),
                ('pending', models.PositiveIntegerField(default=0, verbose_name='without a final word')),
                ('delivered', models.PositiveIntegerField(default=0, verbose_name='delivered')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='failed')),
                ('blocked', models.PositiveIntegerField(default=0, verbose_name='blocked')),
                ('expired', models.PositiveIntegerField(default=0, verbose_name='expired')),
                ('cancelled', models.PositiveIntegerField(default=0, verbose_name='cancelled')),
                ('unknown', models.PositiveIntegerField(default=0, verbose_name='fate unclear')),
                ('parts', models.PositiveIntegerField(default=0, verbose_name='message parts')),
                ('delivered_parts', models.PositiveIntegerField(default=0, verbose_name='parts delivered')),
                ('price', models.DecimalField(decimal_places=5, default=0, max_digits=14, verbose_name="AWS's price (USD)")),
                ('carrier_fee', models.DecimalField(decimal_places=5, default=0, max_digits=14, verbose_name='carrier fees (USD)')),
                ('awaited', models.DecimalField(decimal_places=5, default=0, max_digits=14, verbose_name='price not told yet (USD)')),
                ('replies', models.PositiveIntegerField(default=0, verbose_name='answers')),
                ('opt_outs', models.PositiveIntegerField(default=0, verbose_name='opt-outs')),
                ('delays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=15)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.campaign', verbose_name='campaign')),
                ('originator', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.originator', verbose_name='originator')),
                ('program', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.program', verbose_name='program')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.run', verbose_name='run')),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(fields=['campaign', 'hour'], name='fact_campaign_hour'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('hour', 'campaign', 'run', 'arm', 'program', 'originator', 'message_class', 'country', 'carrier'), name='one_fact_per_hour_and_kind', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='HourlyReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='hour')),
                ('arm', models.PositiveSmallIntegerField(default=0, verbose_name='arm')),
                ('message_class', models.CharField(blank=True, choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13, verbose_name='kind of text')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('carrier', models.CharField(blank=True, max_length=60, verbose_name='carrier')),
                ('state', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('texts', models.PositiveIntegerField()),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.campaign', verbose_name='campaign')),
                ('originator', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.originator', verbose_name='originator')),
                ('program', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='compliance.program', verbose_name='program')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='campaigns.run', verbose_name='run')),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['campaign', 'hour'], name='reason_campaign_hour'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('hour', 'campaign', 'run', 'arm', 'program', 'originator', 'message_class', 'country', 'carrier', 'state', 'reason'), name='one_count_per_hour_kind_and_reason', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='LedgerMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted_upto', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_ledger_mark')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('message_id', models.CharField(max_length=200)),
                ('to', models.EmailField(max_length=254, verbose_name='to')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('html', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('given_up', 'given up')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'e-mail',
                'permissions': [('resend_outgoingmail', 'Can have e-mails sent again')],
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='mail_waiting'), models.Index(condition=models.Q(('state', 'given_up')), fields=['id'], name='mail_given_up'), models.Index(condition=models.Q(('state', 'sent')), fields=['ended_at'], name='mail_sent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='mail_that_ended_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='ReportChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekly', models.BooleanField(default=False, verbose_name='An overview every week')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, verbose_name='On')),
                ('zone', models.CharField(max_length=64, verbose_name='Time zone')),
                ('campaigns', models.CharField(choices=[('none', 'of none'), ('own', 'of those that I wrote, changed or launched'), ('all', 'of all')], default='none', max_length=4, verbose_name='A report at the end of a campaign')),
                ('weekly_since', models.DateTimeField(editable=False, null=True)),
                ('campaigns_since', models.DateTimeField(editable=False, null=True)),
                ('last_week', models.DateField(editable=False, null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='report_choice', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'choice of reports',
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('weekly', False), ('weekly_since__isnull', False), _connector='OR'), name='weekly_report_has_a_beginning'),
                    models.CheckConstraint(condition=models.Q(('campaigns', 'none'), ('campaigns_since__isnull', False), _connector='OR'), name='campaign_reports_have_a_beginning'),
                    models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekday_of_a_week'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RollupMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_until', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_rollup_mark')],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
