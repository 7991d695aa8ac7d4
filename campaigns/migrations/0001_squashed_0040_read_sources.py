"""All of the first migrations in one: a new database is ready in a quarter of the time."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pinpoint.ids
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models



class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("campaigns", "0001_initial"),
        ("campaigns", "0002_rollup_indexes"),
        ("campaigns", "0003_direct_texts"),
        ("campaigns", "0004_review"),
        ("campaigns", "0005_waivers"),
        ("campaigns", "0006_receivers"),
        ("campaigns", "0007_questions_to_confirm"),
        ("campaigns", "0008_person_indexes"),
        ("campaigns", "0009_decisions"),
        ("campaigns", "0010_receipt_details"),
        ("campaigns", "0011_schedules"),
        ("campaigns", "0012_audience_in_slices"),
        ("campaigns", "0013_outgoing"),
        ("campaigns", "0014_answers"),
        ("campaigns", "0015_spend_and_treatments"),
        ("campaigns", "0016_left_unclear"),
        ("campaigns", "0017_events_and_dry_runs"),
        ("campaigns", "0018_conversations"),
        ("campaigns", "0019_priced_at"),
        ("campaigns", "0020_inbox_search"),
        ("campaigns", "0021_frozen_senders"),
        ("campaigns", "0022_senders_of_past_runs"),
        ("campaigns", "0023_growing_lists"),
        ("campaigns", "0024_happenings"),
        ("campaigns", "0025_approval_content"),
        ("campaigns", "0026_approval_of_rules"),
        ("campaigns", "0027_readings_from_aws"),
        ("campaigns", "0028_numbers_at_aws"),
        ("campaigns", "0029_registrations"),
        ("campaigns", "0030_aws_account"),
        ("campaigns", "0031_account_lists"),
        ("campaigns", "0032_pinpoint_ids"),
        ("campaigns", "0033_context_of_texts"),
        ("campaigns", "0034_versions"),
        ("campaigns", "0035_event_streams"),
        ("campaigns", "0036_templates"),
        ("campaigns", "0037_own_hours"),
        ("campaigns", "0038_figures_of_aws"),
        ("campaigns", "0039_senders"),
        ("campaigns", "0040_read_sources"),
    ]

    dependencies = [
        ('compliance', '0001_squashed_0022_senders'),
        ('contacts', '0001_squashed_0012_endpoints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A trusted extension: the database's owner may create it.
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.CreateModel(
            name='AccountFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('value', models.CharField(max_length=300, verbose_name='value')),
                ('most', models.PositiveBigIntegerField(null=True, verbose_name='at most')),
                ('read_at', models.DateTimeField(verbose_name='as of')),
            ],
            options={
                'ordering': ['name'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AwsAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=30, unique=True, verbose_name='region')),
                ('account_id', models.CharField(blank=True, max_length=12, verbose_name='account')),
                ('user', models.CharField(blank=True, max_length=2048, verbose_name='as')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=256), default=list, size=None)),
                ('queues', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=512), default=list, size=None)),
                ('points', models.JSONField(default=list, verbose_name='points')),
                ('lists', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('protections', models.JSONField(default=list, verbose_name='protect configurations')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='checked')),
            ],
            options={
                'verbose_name': 'AWS account',
                'verbose_name_plural': 'AWS account',
                'permissions': [('manage_awsaccount', 'Can set up the AWS account and change its limits')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('body', models.TextField(verbose_name='text')),
            ],
            options={
                'verbose_name': 'canned reply',
                'verbose_name_plural': 'canned replies',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='ReadSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=600, unique=True, verbose_name='queue or stream')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='asked')),
                ('event_at', models.DateTimeField(null=True, verbose_name='last event')),
                ('trouble', models.CharField(blank=True, max_length=300, verbose_name='what is wrong')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RegistrationForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64, unique=True, verbose_name='type')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='documentation')),
                ('associations', models.JSONField(default=list)),
                ('sections', models.JSONField(default=list)),
                ('fields', models.JSONField(default=list)),
                ('read_at', models.DateTimeField(verbose_name='as of')),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='SpendLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('enforced_usd', models.DecimalField(decimal_places=2, max_digits=14)),
                ('most_usd', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('overridden', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AwsFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=80, verbose_name='figure')),
                ('of', models.CharField(blank=True, max_length=120, verbose_name='of')),
                ('begins_at', models.DateTimeField(verbose_name='from')),
                ('seconds', models.PositiveIntegerField(verbose_name='seconds')),
                ('value', models.DecimalField(decimal_places=6, max_digits=20, verbose_name='value')),
                ('read_at', models.DateTimeField(verbose_name='as of')),
            ],
            options={
                'verbose_name': 'figure of AWS',
                'verbose_name_plural': 'figures of AWS',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('metric', 'of', 'seconds', 'begins_at'), name='one_figure_of_aws_per_span'), models.CheckConstraint(condition=models.Q(('seconds__gt', 0)), name='figure_of_aws_spans_some_time')],
            },
        ),
        migrations.CreateModel(
            name='AwsIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('aws_id', models.CharField(max_length=128, unique=True, verbose_name='id at AWS')),
                ('arn', models.CharField(max_length=256, verbose_name='ARN')),
                ('status', models.CharField(max_length=20, verbose_name='status')),
                ('capabilities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ('monthly_usd', models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name='a month (US dollars)')),
                ('two_way', models.BooleanField(default=False, verbose_name='answers come in')),
                ('two_way_channel', models.CharField(blank=True, max_length=2048, verbose_name='where answers go')),
                ('international', models.BooleanField(default=False, verbose_name='sends to other countries')),
                ('protected', models.BooleanField(default=False, verbose_name='protected from release')),
                ('registration_id', models.CharField(blank=True, max_length=100, verbose_name='registration')),
                ('daily_cap', models.PositiveIntegerField(null=True, verbose_name="T-Mobile's texts a day")),
                ('tags', models.JSONField(default=dict, verbose_name='tags')),
                ('keywords', models.JSONField(default=list, verbose_name='keywords')),
                ('since', models.DateTimeField(null=True, verbose_name='since')),
                ('read_at', models.DateTimeField(verbose_name='as of')),
                ('words_read_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(null=True, verbose_name='gone')),
                ('originator', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='aws', to='compliance.originator', verbose_name='originator')),
                ('pools', models.ManyToManyField(blank=True, related_name='members', to='campaigns.awsidentity')),
            ],
            options={
                'verbose_name': 'number or sender ID',
                'verbose_name_plural': 'numbers and sender IDs',
                'permissions': [('manage_awsidentity', 'Can buy, change and give back numbers at AWS')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AwsSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('last_try_at', models.DateTimeField(null=True, verbose_name='last try')),
                ('last_success_at', models.DateTimeField(null=True, verbose_name='last success')),
                ('due_at', models.DateTimeField(verbose_name='next try')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('failing_since', models.DateTimeField(null=True, verbose_name='failing since')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='what is wrong')),
                ('leased_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'reading from AWS',
                'verbose_name_plural': 'readings from AWS',
                'ordering': ['name'],
                'permissions': [('run_awssource', 'Can have AWS read at once')],
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('error', ''), ('failing_since', None), ('failures', 0)), models.Q(models.Q(('error', ''), _negated=True), ('failing_since__isnull', False), ('failures__gte', 1)), _connector='OR'), name='source_fails_in_words_or_not')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('pinpoint_id', models.CharField(default=pinpoint.ids.new_id, editable=False, max_length=32, unique=True)),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], default='promotional', help_text='A text that mixes both is promotional.', max_length=13, verbose_name='kind of text')),
                ('body', models.TextField(verbose_name='text')),
                ('daily_limit', models.PositiveSmallIntegerField(default=1, help_text='The most texts of this campaign that one person gets in 24 hours.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='per person per day')),
                ('total_limit', models.PositiveSmallIntegerField(default=3, help_text='The most texts of this campaign that one person gets at all.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='per person in total')),
                ('messages_per_second', models.PositiveIntegerField(default=20, help_text="The sender's own limit holds as well.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20000)], verbose_name='messages per second')),
                ('expires_after_hours', models.PositiveSmallIntegerField(default=72, help_text='A text that could not go by then expires; quiet hours may hold it back.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='give up after (hours)')),
                ('budget_usd', models.DecimalField(blank=True, decimal_places=2, help_text='Over all its runs. When it is used up the campaign pauses. Blank: no limit.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='most it may cost (US dollars)')),
                ('max_audience', models.PositiveIntegerField(blank=True, help_text='Above it, one more person must approve the campaign. Blank: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most people in a run')),
                ('holdout_percent', models.PositiveSmallIntegerField(default=0, help_text='So many of its people get nothing, so that the effect can be measured.', validators=[django.core.validators.MaxValueValidator(90)], verbose_name='hold-out (%)')),
                ('timing', models.CharField(choices=[('now', 'as soon as it is launched'), ('once', 'once, at a time'), ('hourly', 'every hour from then on'), ('daily', 'every day from then on'), ('weekly', 'every week from then on'), ('monthly', 'every month from then on'), ('event', 'for each person when an event is recorded')], default='now', max_length=7, verbose_name='begins')),
                ('event', models.CharField(blank=True, help_text='opt_in: somebody joins the program. attributes.Plan (or user_attributes., metrics.): that of a person changes. Or a name of your own, such as order.shipped. Imports are no events.', max_length=100, verbose_name='event')),
                ('first_day', models.DateField(blank=True, null=True, verbose_name='day')),
                ('clock', models.TimeField(blank=True, null=True, verbose_name='time')),
                ('zone', models.CharField(blank=True, help_text='Of day and time, such as America/Chicago. Blank: that of this installation.', max_length=64, verbose_name='time zone')),
                ('everyones_own', models.BooleanField(default=False, help_text="Each text is due at that time in its person's zone; the zone above is for people of whom none is known.", verbose_name='at that time where each person is')),
                ('window_start', models.TimeField(blank=True, help_text="Promotional texts: recipient's local time. Blank: the program's hours.", null=True, verbose_name='earliest')),
                ('window_end', models.TimeField(blank=True, help_text="The program's hours and the law's hold besides.", null=True, verbose_name='latest')),
                ('starts_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='answers from')),
                ('ends_at', models.DateTimeField(blank=True, help_text='No run begins after it, and what has not gone by then expires.', null=True, verbose_name='ends')),
                ('next_run_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('approved', 'approved'), ('scheduled', 'scheduled'), ('sending', 'sending'), ('paused', 'paused'), ('completed', 'completed'), ('cancelled', 'cancelled'), ('failed', 'failed')], default='draft', max_length=10)),
                ('paused_because', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_by_call', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('edited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('launched_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('originator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.originator', verbose_name='sent from')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.program', verbose_name='program')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='contacts.segment', verbose_name='segment')),
            ],
            options={
                'permissions': [('launch_campaign', 'Can launch, pause, resume and cancel campaigns'), ('approve_campaign', 'Can approve campaigns of others, or send them back')],
                'indexes': [
                    models.Index(condition=models.Q(('next_run_at__isnull', False), ('status__in', ['scheduled', 'sending'])), fields=['next_run_at'], name='campaign_run_due'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('daily_limit__gte', 1), ('messages_per_second__gte', 1), ('total_limit__gte', 1)), name='campaign_limits_are_at_least_one'),
                    models.CheckConstraint(condition=models.Q(('timing', 'now'), models.Q(('timing', 'event'), models.Q(('event', ''), _negated=True)), models.Q(models.Q(('timing', 'event'), _negated=True), ('clock__isnull', False), ('first_day__isnull', False)), _connector='OR'), name='campaign_schedule_has_day_and_time'),
                    models.CheckConstraint(condition=models.Q(models.Q(('window_end', None), ('window_start', None)), models.Q(('window_start__isnull', False), ('window_start__lt', models.F('window_end'))), _connector='OR'), name='campaign_window_is_a_day_window'),
                    models.UniqueConstraint(condition=models.Q(('made_by_call', ''), _negated=True), fields=('created_by', 'made_by_call'), name='one_campaign_per_call'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('comment', models.CharField(blank=True, max_length=500)),
                ('content', models.JSONField(default=dict)),
                ('audience', models.CharField(default='', max_length=64)),
                ('approved_at', models.DateTimeField(auto_now_add=True)),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='campaigns.campaign')),
            ],
            options={
                'default_permissions': ('view',),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'version', 'approved_by'), name='one_approval_per_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CampaignVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('written', models.JSONField(null=True)),
                ('texts', models.JSONField(default=dict)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='campaigns.campaign')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'number'), name='one_campaign_version_per_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20, verbose_name='person')),
                ('ours', models.CharField(max_length=256, verbose_name='our number')),
                ('preview', models.CharField(blank=True, max_length=160, verbose_name='last text')),
                ('last_at', models.DateTimeField(verbose_name='last text at')),
                ('last_inbound_at', models.DateTimeField(null=True, verbose_name='last heard of')),
                ('unread', models.PositiveIntegerField(default=0, verbose_name='unread')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contacts.contact')),
            ],
            options={
                'permissions': [('reply_conversation', 'Can answer people and assign conversations')],
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(fields=['-last_at'], name='conversation_latest'),
                    models.Index(condition=models.Q(('unread__gt', 0)), fields=['-last_at'], name='conversation_unread'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('phone', 'ours'), name='one_conversation_per_pair'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('kinesis', 'Kinesis data stream'), ('firehose', 'Firehose stream'), ('webhook', 'webhook')], max_length=10, verbose_name='kind')),
                ('address', models.CharField(help_text="The stream's name or ARN, or the https:// address that is posted to.", max_length=500, verbose_name='address')),
                ('role_arn', models.CharField(blank=True, editable=False, max_length=500)),
                ('secret', models.CharField(blank=True, editable=False, max_length=100)),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('last_success_at', models.DateTimeField(editable=False, null=True, verbose_name='last success')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=300, verbose_name='last error')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('is_event_stream', models.BooleanField(default=False, editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(blank=True, help_text='Only events of this program; of all, if it is left empty.', null=True, on_delete=django.db.models.deletion.CASCADE, to='compliance.program', verbose_name='program')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_event_stream', True)), fields=('program',), name='one_event_stream_of_a_program'),
                    models.CheckConstraint(condition=models.Q(('is_event_stream', False), ('program__isnull', False), _connector='OR'), name='event_stream_is_of_a_program'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DryRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('upto', models.BigIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dry_runs', to='campaigns.campaign')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dedupe_key', models.CharField(max_length=200, unique=True)),
                ('source', models.CharField(max_length=10)),
                ('received_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('payload', models.TextField()),
                ('status', models.CharField(choices=[('new', 'new'), ('done', 'done'), ('unmatched', 'not about a text of ours'), ('unknown', 'of a type we do not know'), ('broken', 'could not be read or acted on')], default='new', max_length=10)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'permissions': [('replay_event', "Can have AWS's events acted on again")],
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('status', 'new')), fields=['id'], name='event_new'), models.Index(condition=models.Q(('status', 'broken')), fields=['id'], name='event_broken')],
            },
        ),
        migrations.CreateModel(
            name='Happening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=100)),
                ('phone', models.CharField(max_length=20)),
                ('happened_at', models.DateTimeField()),
                ('program', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='compliance.program')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KeywordRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('match', models.CharField(choices=[('exact', 'is exactly'), ('prefix', 'begins with the word'), ('pattern', 'matches the pattern')], max_length=8, verbose_name='the text')),
                ('keyword', models.CharField(help_text='In a pattern * stands for any text: *appointment*', max_length=200, verbose_name='word or pattern')),
                ('within_hours', models.PositiveIntegerField(default=72, help_text="How long after the campaign's text it counts.", verbose_name='within (hours)')),
                ('reply', models.TextField(blank=True, help_text='May hold contact fields, such as {{Attributes.Status}}. Empty: none.', verbose_name='answer')),
                ('set_attribute', models.CharField(blank=True, help_text='The name: Confirmed', max_length=50, verbose_name='set the attribute')),
                ('set_value', models.CharField(blank=True, max_length=100, verbose_name='to the value')),
                ('wording', models.TextField(blank=True, help_text='As shown where the word is advertised.', verbose_name='words they agree to')),
                ('place', models.PositiveIntegerField(default=100, help_text='The first rule that matches acts, and no other.', verbose_name='order')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('add_to_list', models.ForeignKey(blank=True, help_text='A list on which people come and go.', limit_choices_to={'grows': True}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.contactlist', verbose_name='put on the list')),
                ('campaign', models.ForeignKey(blank=True, help_text='Only people who had a text of this campaign.', null=True, on_delete=django.db.models.deletion.CASCADE, to='campaigns.campaign', verbose_name='by people texted by')),
                ('opt_in_to', models.ForeignKey(blank=True, help_text="Texting this word is then the person's opt-in.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='compliance.program', verbose_name='sign up for')),
                ('originator', models.ForeignKey(blank=True, help_text='Any number of ours, if it is left empty.', null=True, on_delete=django.db.models.deletion.CASCADE, to='compliance.originator', verbose_name='texted to')),
                ('program', models.ForeignKey(help_text='In whose name the answer goes.', on_delete=django.db.models.deletion.PROTECT, to='compliance.program', verbose_name='program')),
                ('tell', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='campaigns.destination', verbose_name='tell the webhook')),
            ],
            options={
                'verbose_name': 'keyword rule',
                'ordering': ('place', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='KeywordAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20)),
                ('answered_at', models.DateTimeField()),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='campaigns.keywordrule')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('rule', 'phone'), name='one_answer_per_rule_and_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('campaign', 'campaign'), ('notice', 'notice to one person'), ('offer', 'offer to one person'), ('reply', "answer to a person's text"), ('opt_out', 'confirmation of an opt-out'), ('opt_in', 'question whether somebody signed up, or its answer'), ('help', 'answer to HELP'), ('test', 'test of a campaign')], default='campaign', max_length=10)),
                ('key', models.CharField(max_length=100, null=True)),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('sending', 'being handed to AWS'), ('accepted', 'accepted by AWS'), ('unknown', 'fate unclear'), ('delivered', 'delivered'), ('failed', 'failed'), ('blocked', 'blocked by the gate'), ('expired', 'expired before it could go'), ('cancelled', 'cancelled')], default='queued', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60, verbose_name='reason')),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('due_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claim', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('body', models.TextField(blank=True, verbose_name='text as sent')),
                ('rules', models.CharField(blank=True, max_length=20)),
                ('decisions', models.JSONField(null=True)),
                ('arm', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('expected_usd', models.DecimalField(decimal_places=5, max_digits=10, null=True)),
                ('aws_id', models.CharField(blank=True, max_length=64)),
                ('parts', models.PositiveSmallIntegerField(null=True)),
                ('price', models.DecimalField(decimal_places=5, max_digits=10, null=True)),
                ('carrier_fee', models.DecimalField(decimal_places=5, max_digits=10, null=True)),
                ('priced_at', models.DateTimeField(null=True)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('carrier', models.CharField(blank=True, db_default='', max_length=60, verbose_name='carrier')),
                ('receipt', models.CharField(blank=True, db_default='', max_length=30, verbose_name='receipt')),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('event_at', models.DateTimeField(null=True)),
                ('final_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('context', models.JSONField(null=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='campaigns.campaign')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='contacts.contact')),
                ('originator', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.originator')),
                ('program', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.program')),
            ],
            options={
                'permissions': [('send_message', 'Can send single texts')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='InboundMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbound_id', models.CharField(max_length=100, unique=True)),
                ('sender', models.CharField(max_length=20, verbose_name='from')),
                ('recipient', models.CharField(max_length=20, verbose_name='to')),
                ('body', models.TextField(verbose_name='text')),
                ('intent', models.CharField(max_length=10, verbose_name='understood as')),
                ('rule', models.CharField(blank=True, max_length=40, verbose_name='by rule')),
                ('rules_version', models.CharField(blank=True, max_length=20)),
                ('received_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='contacts.contact')),
                ('answers', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='campaigns.message')),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(fields=['sender', 'received_at'], name='inbound_person'),
                    models.Index(fields=['created_at'], name='inbound_created'),
                    models.Index(fields=['received_at'], name='inbound_received'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('body'), name='gin_trgm_ops'), name='inbound_words'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Programs send it by this name: letters, digits, _ and -.', max_length=128, unique=True, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9][A-Za-z0-9_-]*\\Z', 'Letters, digits, _ and -, and a letter first.')], verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='what it is for')),
                ('body', models.TextField(help_text='Of the version that is in use.', verbose_name='text')),
                ('active_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'template',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='OutgoingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_type', models.CharField(max_length=40, verbose_name='event')),
                ('payload', models.JSONField(verbose_name='event as sent')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('arrived', 'arrived'), ('given_up', 'given up')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('destination', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='campaigns.destination')),
            ],
            options={
                'permissions': [('resend_outgoingevent', 'Can have events sent to others again')],
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(condition=models.Q(('state', 'waiting')), fields=['destination', 'id'], name='outgoing_waiting'),
                    models.Index(condition=models.Q(('state', 'given_up')), fields=['id'], name='outgoing_given_up'),
                    models.Index(condition=models.Q(('state', 'arrived')), fields=['ended_at'], name='outgoing_arrived'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=100)),
                ('happened_at', models.DateTimeField()),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contacts.contact')),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['happened_at'], name='person_event_time'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(help_text='ISO 3166-1 alpha-2; * for all countries without a row of their own.', max_length=2, unique=True, validators=[django.core.validators.RegexValidator('^([A-Z]{2}|\\*)$', 'Write a country such as US, or *.')], verbose_name='country')),
                ('per_part_usd', models.DecimalField(decimal_places=5, max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name="AWS's price per part (US dollars)")),
                ('carrier_fee_usd', models.DecimalField(decimal_places=5, default=Decimal('0'), max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name="carriers' fee per part (US dollars)")),
                ('source', models.CharField(choices=[('estimate', 'estimate'), ('receipts', 'learned from receipts'), ('entered', 'entered by hand')], default='entered', editable=False, max_length=8, verbose_name='source')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='as of')),
            ],
            options={
                'ordering': ['country'],
                'constraints': [models.CheckConstraint(condition=models.Q(('carrier_fee_usd__gte', 0), ('per_part_usd__gte', 0)), name='price_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64, verbose_name='type')),
                ('label', models.CharField(max_length=100, verbose_name='name for yourselves')),
                ('step', models.CharField(choices=[('draft', 'draft'), ('handing_in', 'being handed in'), ('at_aws', 'handed in')], default='draft', max_length=10)),
                ('token', models.CharField(default=uuid.uuid4, editable=False, max_length=64)),
                ('aws_id', models.CharField(blank=True, max_length=128, verbose_name='id at AWS')),
                ('status', models.CharField(blank=True, max_length=30, verbose_name='status')),
                ('values', models.JSONField(default=dict)),
                ('files', models.JSONField(default=dict)),
                ('troubles', models.JSONField(default=dict)),
                ('versions', models.JSONField(default=list)),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='what is wrong')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('check_at', models.DateTimeField(null=True)),
                ('same', models.PositiveIntegerField(default=0)),
                ('checked_at', models.DateTimeField(null=True, verbose_name='as of')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='belonging', to='campaigns.registration', verbose_name='registered brand')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('numbers', models.ManyToManyField(blank=True, related_name='registrations', to='campaigns.awsidentity')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'permissions': [('manage_registration', 'Can write registrations and hand them in')],
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(condition=models.Q(('check_at__isnull', False)), fields=['check_at'], name='registration_to_check'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('aws_id', ''), _negated=True), fields=('aws_id',), name='one_row_per_registration'),
                    models.CheckConstraint(condition=models.Q(models.Q(('step', 'at_aws'), _negated=True), models.Q(('aws_id', ''), _negated=True), _connector='OR'), name='what_is_handed_in_has_an_id'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('rules', models.JSONField()),
                ('message_class', models.CharField(blank=True, choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13)),
                ('holdout_percent', models.PositiveSmallIntegerField(default=0)),
                ('treatments', models.JSONField(default=list)),
                ('audience', models.PositiveIntegerField(default=0)),
                ('audience_upto', models.BigIntegerField(default=0)),
                ('audience_complete', models.BooleanField(default=False)),
                ('launched_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('occurrence', models.DateTimeField(blank=True, null=True)),
                ('local_day', models.DateField(blank=True, null=True)),
                ('local_clock', models.TimeField(blank=True, null=True)),
                ('local_zone', models.CharField(blank=True, max_length=64)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='campaigns.campaign')),
                ('launched_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('originator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.originator')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.program')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'number'), name='one_run_per_number'),
                    models.UniqueConstraint(condition=models.Q(('finished_at', None), ('occurrence', None)), fields=('campaign',), name='one_open_run_launched_by_hand'),
                    models.UniqueConstraint(fields=('campaign', 'occurrence'), name='one_run_per_occurrence'),
                ],
            },
        ),
        migrations.AddField(
            model_name='message',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='campaigns.run'),
        ),
        migrations.CreateModel(
            name='Spending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('usd', models.DecimalField(decimal_places=5, default=Decimal('0'), max_digits=14)),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='campaigns.campaign')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('month', 'campaign'), name='one_spending_per_campaign_and_month', nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(('usd__gte', 0)), name='spending_is_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StreamShard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.CharField(max_length=128)),
                ('shard_id', models.CharField(max_length=128)),
                ('sequence_number', models.CharField(blank=True, max_length=128)),
                ('reader', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('stream', 'shard_id'), name='one_row_per_shard')],
            },
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('written', models.TextField(blank=True)),
                ('defaults', models.JSONField(default=dict)),
                ('description', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='campaigns.messagetemplate')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('template', 'number'), name='one_template_version_per_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Treatment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('percent', models.PositiveSmallIntegerField(help_text='Of all people of the campaign.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)], verbose_name='share (%)')),
                ('body', models.TextField(verbose_name='text')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='treatments', to='campaigns.campaign')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'name'), name='one_treatment_per_name'),
                    models.CheckConstraint(condition=models.Q(('percent__gte', 1), ('percent__lte', 99)), name='treatment_is_a_share'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.CharField(max_length=20, verbose_name='point')),
                ('subject', models.CharField(max_length=64)),
                ('says', models.TextField(verbose_name='what was red')),
                ('reason', models.TextField(verbose_name='reason')),
                ('granted_at', models.DateTimeField(auto_now_add=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='campaigns.campaign')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('grant_waiver', "Can let a red point of a campaign's checklist pass")],
                'default_permissions': ('view',),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'point', 'subject'), name='one_waiver_per_red_point'),
                    models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waiver_gives_a_reason'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BrandDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('parts', models.PositiveIntegerField(default=0)),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='compliance.brand')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('brand', 'day'), name='one_count_per_brand_and_day')],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['run', 'due_at', 'id'], name='message_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('run', None), ('state', 'queued')), fields=['originator', 'due_at', 'id'], name='message_direct_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('body'), name='gin_trgm_ops'), condition=models.Q(('run', None)), name='message_direct_words'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('run', None)), fields=['-id'], name='message_direct'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['sent_at'], name='message_sending'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('aws_id', ''), _negated=True), fields=['aws_id'], name='message_aws_id'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['run', 'state'], name='message_run_state'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['phone', 'sent_at'], name='message_person_sent'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['phone', 'id'], name='message_person'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending']), _negated=True), fields=['changed_at'], name='message_changed'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(models.Q(('attempts__gte', 1), ('state', 'queued')), models.Q(('attempts__gte', 2), ('state', 'sending')), _connector='OR'), fields=['changed_at'], name='message_returned'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(django.db.models.functions.comparison.Coalesce('sent_at', 'final_at'), condition=models.Q(('state__in', ['queued', 'sending']), _negated=True), name='message_hour'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state__in', ['blocked', 'failed', 'expired', 'cancelled', 'unknown'])), fields=['campaign', 'reason'], name='message_went_nowhere'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'unknown')), fields=['changed_at'], name='message_unknown'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('run', 'contact'), name='one_message_per_run_contact'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), models.Q(('claim__isnull', False), ('sent_at__isnull', False)), _connector='OR'), name='message_sending_has_claim_and_time'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('key__isnull', False)), fields=('key',), name='one_message_per_key'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('originator__isnull', True), ('program__isnull', True), ('purpose', 'campaign'), ('run__isnull', False)), models.Q(models.Q(('purpose', 'campaign'), _negated=True), ('campaign__isnull', True), ('originator__isnull', False), ('program__isnull', False), ('run__isnull', True)), _connector='OR'), name='message_is_of_a_run_or_direct'),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE campaigns_run ADD CONSTRAINT run_and_its_campaign UNIQUE (id, campaign_id);
            ALTER TABLE campaigns_message ADD CONSTRAINT message_is_of_its_runs_campaign
                FOREIGN KEY (run_id, campaign_id) REFERENCES campaigns_run (id, campaign_id)
                DEFERRABLE INITIALLY DEFERRED;
            """,
            """
            ALTER TABLE campaigns_message DROP CONSTRAINT message_is_of_its_runs_campaign;
            ALTER TABLE campaigns_run DROP CONSTRAINT run_and_its_campaign;
            """,
        ),
        # Room in each page for the next versions of its rows.
        migrations.RunSQL(
            "ALTER TABLE campaigns_message SET (fillfactor = 70)",
            "ALTER TABLE campaigns_message RESET (fillfactor)",
        ),
    ]
