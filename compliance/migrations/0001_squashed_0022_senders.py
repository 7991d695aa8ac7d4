"""All of the first migrations in one: a new database is ready in a quarter of the time."""

import datetime
import django.core.validators
import django.db.models.deletion
import pinpoint.ids
from django.conf import settings
from django.db import migrations, models


# The database itself refuses to change or remove what was recorded. Evidence goes only with its
# person: once the ledger has a later erasure of the same subject.
TRIGGERS = """
CREATE FUNCTION compliance_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION compliance_refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM compliance_ledgerentry acted
        JOIN compliance_ledgerentry erased ON erased.subject = acted.subject
         AND erased.act = 'erasure' AND erased.id > acted.id
        WHERE acted.id = OLD.entry_id
    ) THEN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER compliance_ledgerentry_no_change BEFORE UPDATE OR DELETE ON compliance_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_ledgerentry_no_truncate BEFORE TRUNCATE ON compliance_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_wording_no_change BEFORE UPDATE OR DELETE ON compliance_wording
    FOR EACH ROW EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_wording_no_truncate BEFORE TRUNCATE ON compliance_wording
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_personalevidence_no_delete BEFORE DELETE ON compliance_personalevidence
    FOR EACH ROW EXECUTE FUNCTION compliance_refuse_unless_erased();
CREATE TRIGGER compliance_personalevidence_no_change BEFORE UPDATE ON compliance_personalevidence
    FOR EACH ROW EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_personalevidence_no_truncate BEFORE TRUNCATE ON compliance_personalevidence
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_rulesversion_no_change BEFORE UPDATE OR DELETE ON compliance_rulesversion
    FOR EACH ROW EXECUTE FUNCTION compliance_refuse();
CREATE TRIGGER compliance_rulesversion_no_truncate BEFORE TRUNCATE ON compliance_rulesversion
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse();
"""
NO_TRIGGERS = """
DROP FUNCTION compliance_refuse() CASCADE;
DROP FUNCTION compliance_refuse_unless_erased() CASCADE;
"""


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("compliance", "0001_initial"),
        ("compliance", "0002_ledger_is_append_only"),
        ("compliance", "0003_lean_indexes"),
        ("compliance", "0004_sign_up_page"),
        ("compliance", "0005_ledger_with_evidence"),
        ("compliance", "0006_senders_opt_outs"),
        ("compliance", "0007_rules"),
        ("compliance", "0008_open_questions"),
        ("compliance", "0009_ledger_checks"),
        ("compliance", "0010_lean_entries"),
        ("compliance", "0011_where_they_opted_in"),
        ("compliance", "0012_evidence_permission"),
        ("compliance", "0013_answers"),
        ("compliance", "0014_suppression_permissions"),
        ("compliance", "0015_listed_numbers"),
        ("compliance", "0016_brands"),
        ("compliance", "0017_record_permission"),
        ("compliance", "0018_program_limits"),
        ("compliance", "0019_ten_dlc_campaigns"),
        ("compliance", "0020_application_ids"),
        ("compliance", "0021_application_id_in_words"),
        ("compliance", "0022_senders"),
    ]

    dependencies = [
        ('contacts', '0001_squashed_0012_endpoints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('file', models.FileField(upload_to='evidence/')),
                ('filename', models.CharField(max_length=255, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(verbose_name='bytes')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('subject', models.CharField(max_length=64)),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13, verbose_name='for')),
                ('act', models.CharField(choices=[('opt_in_requested', 'opt-in requested'), ('opt_in', 'opt-in confirmed'), ('opt_out', 'opt-out'), ('scope_change', 'change of scope'), ('erasure', 'erasure'), ('correction', 'correction')], max_length=20, verbose_name='act')),
                ('scope', models.CharField(choices=[('program', 'this program'), ('marketing', 'everything promotional'), ('all', 'everything we send')], max_length=10, verbose_name='reaches')),
                ('source', models.CharField(choices=[('web_form', 'web form'), ('keyword', 'text message'), ('paper', 'paper'), ('import', 'import'), ('api', 'API'), ('carrier', 'carrier or AWS'), ('operator', 'operator')], max_length=10, verbose_name='source')),
                ('happened_at', models.DateTimeField(verbose_name='when it was done')),
                ('recorded_at', models.DateTimeField(verbose_name='when it was recorded')),
                ('recorded_by', models.CharField(blank=True, max_length=150, verbose_name='recorded by')),
                ('basis', models.CharField(blank=True, choices=[('express', 'the person said yes'), ('implied', 'a purchase or an inquiry')], max_length=10, verbose_name='basis')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('attachment_sha256', models.CharField(blank=True, max_length=64)),
                ('evidence', models.JSONField(default=dict, verbose_name='evidence')),
                ('commitment', models.CharField(blank=True, max_length=64)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('corrects', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='compliance.ledgerentry')),
            ],
            options={
                'verbose_name': 'consent record',
                'permissions': [('erase_person', 'Can erase a person everywhere'), ('export_evidence', 'Can export the evidence about a person'), ('correct_entry', 'Can say that a consent record is wrong')],
                'default_permissions': ('add', 'view'),
            },
        ),
        migrations.CreateModel(
            name='RulesVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('made_by', models.CharField(blank=True, max_length=150, verbose_name='made by')),
                ('summary', models.CharField(max_length=300, verbose_name='what changed')),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'version of the rules',
                'verbose_name_plural': 'versions of the rules',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('phone', models.CharField(max_length=20, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='registered brand')),
                ('daily_parts', models.PositiveIntegerField(blank=True, help_text="T-Mobile's cap for the brand, counted from midnight Pacific time: 2,000 unvetted, 10,000, 40,000 or 200,000 by score. All texts in the US count here, since the carrier of a number is not known beforehand. Blank: no cap.", null=True, verbose_name='message parts a day')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('daily_parts', None), ('daily_parts__gte', 1), _connector='OR'), name='brand_sends_at_least_one_part_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Emergency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^(\\*|other|[A-Z]{2}(-[A-Z0-9]{1,3})?)$', 'Write a country (FR), a state (US-TX), * for everywhere or other for all other countries.')], verbose_name='where')),
                ('since', models.DateTimeField(verbose_name='from')),
                ('until', models.DateTimeField(help_text='No end known? Take the next day somebody will look at it.', verbose_name='until')),
                ('source', models.TextField(help_text='The declaration.', verbose_name='source')),
            ],
            options={
                'verbose_name': 'emergency stop',
                'verbose_name_plural': 'emergency stops',
                'ordering': ['-until'],
                'default_permissions': ('view', 'add', 'change'),
                'constraints': [models.CheckConstraint(condition=models.Q(('since__lt', models.F('until'))), name='emergency_has_a_length')],
            },
        ),
        migrations.CreateModel(
            name='HolidayChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField(help_text='The statute or page this was read in.', verbose_name='source')),
                ('note', models.TextField(blank=True, help_text='What is disputed, and what was chosen.', verbose_name='note')),
                ('review_on', models.DateField(verbose_name='review by')),
                ('calendar', models.CharField(help_text='US-LA', max_length=6, verbose_name='calendar')),
                ('day', models.DateField(verbose_name='day')),
                ('change', models.CharField(choices=[('add', 'is a holiday'), ('remove', 'is not a holiday')], default='add', max_length=6)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
            ],
            options={
                'verbose_name': 'holiday correction',
                'ordering': ['day', 'calendar'],
                'default_permissions': ('view', 'add', 'change', 'delete'),
                'constraints': [models.UniqueConstraint(fields=('calendar', 'day'), name='one_change_per_calendar_day')],
            },
        ),
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField(verbose_name='checked')),
                ('entries', models.PositiveBigIntegerField(verbose_name='entries that hold')),
                ('head', models.CharField(max_length=64, verbose_name='hash of the last of them')),
                ('broken_entry', models.PositiveBigIntegerField(null=True, verbose_name='broken entry')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='problem')),
            ],
            options={
                'verbose_name': 'verification of the ledger',
                'verbose_name_plural': 'verifications of the ledger',
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['checked_at'], name='ledger_check_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('broken_entry', None), models.Q(('problem', ''), _negated=True), _connector='OR'), name='broken_entry_has_a_problem')],
            },
        ),
        migrations.CreateModel(
            name='PersonalEvidence',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='personal', serialize=False, to='compliance.ledgerentry')),
                ('salt', models.CharField(max_length=64)),
                ('fields', models.JSONField()),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ListCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=64, verbose_name='list')),
                ('started_at', models.DateTimeField(verbose_name='begun')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('next_token', models.CharField(blank=True, max_length=1024)),
                ('seen', models.PositiveIntegerField(default=0, verbose_name='numbers on the list')),
                ('learned', models.PositiveIntegerField(default=0, verbose_name='opt-outs that only AWS knew')),
                ('missing', models.PositiveIntegerField(default=0, verbose_name='ours that AWS did not have')),
                ('error', models.CharField(blank=True, max_length=100, verbose_name="AWS's answer")),
            ],
            options={
                'verbose_name': 'check of an opt-out list',
                'verbose_name_plural': "checks of AWS's opt-out lists",
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('list_name',), name='one_open_check_per_list')],
            },
        ),
        migrations.CreateModel(
            name='ListedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=64, verbose_name='list')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('wanted', models.BooleanField(verbose_name='should be there')),
                ('known', models.BooleanField(null=True, verbose_name='is there')),
                ('end_user', models.BooleanField(null=True, verbose_name="by the person's own STOP")),
                ('entry_id', models.PositiveBigIntegerField(default=0)),
                ('wanted_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(verbose_name='next try')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('error', models.CharField(blank=True, max_length=100, verbose_name="AWS's answer")),
                ('seen_at', models.DateTimeField(null=True)),
                ('pushed_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'number on an opt-out list of AWS',
                'verbose_name_plural': "numbers on AWS's opt-out lists",
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('known__isnull', True), models.Q(('known', models.F('wanted')), _negated=True), _connector='OR'), fields=['due_at'], name='listed_due'), models.Index(fields=['-entry_id'], name='listed_entry')],
                'constraints': [models.UniqueConstraint(fields=('phone', 'list_name'), name='one_row_per_list_number')],
            },
        ),
        migrations.CreateModel(
            name='Originator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.CharField(help_text='As AWS names it.', max_length=256, unique=True, verbose_name='number, pool or sender ID')),
                ('label', models.CharField(blank=True, max_length=100, verbose_name='label')),
                ('kind', models.CharField(choices=[('TEN_DLC', '10DLC'), ('SHORT_CODE', 'short code'), ('TOLL_FREE', 'toll-free'), ('LONG_CODE', 'long code'), ('SIMULATOR', 'AWS simulator number'), ('POOL', 'pool'), ('SENDER_ID', 'sender ID')], max_length=12, verbose_name='type')),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13, verbose_name='sends')),
                ('country', models.CharField(default='US', max_length=2, verbose_name='country')),
                ('parts_per_second', models.PositiveIntegerField(help_text="AWS's limit (MPS); taken over where AWS tells it.", verbose_name='parts per second')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('registered', models.BooleanField(default=False, help_text='Its 10DLC campaign or its toll-free verification is approved. US carriers block texts from numbers that are not.', verbose_name='registered')),
                ('self_managed_opt_outs', models.BooleanField(default=False, help_text='As AWS has it: tick it where self-managed opt-outs are enabled for this number or pool. Otherwise AWS itself answers STOP and HELP.', verbose_name='Sendpoint answers STOP and HELP')),
                ('opt_out_list', models.CharField(blank=True, default='Default', help_text='The list in AWS that this number or pool uses; our opt-outs are copied to it. Blank: they are not. AWS refuses every text to a number on its list, an answer to HELP too.', max_length=64, verbose_name='opt-out list')),
                ('brand', models.ForeignKey(blank=True, help_text='Its daily cap is shared by all its numbers.', null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.brand', verbose_name='registered brand')),
            ],
            options={
                'verbose_name': 'sender',
                'verbose_name_plural': 'senders',
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField(help_text='The statute or page this was read in.', verbose_name='source')),
                ('note', models.TextField(blank=True, help_text='What is disputed, and what was chosen.', verbose_name='note')),
                ('review_on', models.DateField(verbose_name='review by')),
                ('jurisdiction', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^(\\*|other|[A-Z]{2}(-[A-Z0-9]{1,3})?)$', 'Write a country (FR), a state (US-TX), * for everywhere or other for all other countries.')], verbose_name='where')),
                ('covers', models.CharField(choices=[('promotional', 'promotional texts'), ('all', 'all texts')], default='promotional', max_length=11, verbose_name='covers')),
                ('hours', models.CharField(help_text="Recipient's local time: Mon-Sat 09:00-21:00; Sun 12:00-21:00", max_length=200, verbose_name='hours')),
                ('calendars', models.CharField(blank=True, help_text='Calendars, with spaces between: US US-LA. Blank: holidays are like any day.', max_length=60, verbose_name='no texts on the holidays of')),
                ('most_in_day', models.PositiveSmallIntegerField(blank=True, help_text='Promotional texts of one brand to one number. Blank: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='most in 24 hours')),
                ('first_day', models.DateField(blank=True, help_text='Blank: since ever.', null=True, verbose_name='in force from')),
                ('last_day', models.DateField(blank=True, help_text='The last day. Blank: no end.', null=True, verbose_name='in force until')),
            ],
            options={
                'verbose_name': 'sending rule',
                'ordering': ['jurisdiction', 'first_day'],
                'default_permissions': ('view', 'add', 'change'),
                'constraints': [models.UniqueConstraint(fields=('jurisdiction', 'covers', 'first_day'), name='one_policy_per_place_and_beginning', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('last_day', None), ('first_day', None), ('first_day__lte', models.F('last_day')), _connector='OR'), name='policy_begins_before_it_ends'), models.CheckConstraint(condition=models.Q(('most_in_day', None), ('most_in_day__gte', 1), _connector='OR'), name='policy_lets_at_least_one_pass')],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('application_id', models.CharField(default=pinpoint.ids.new_id, editable=False, help_text="What programs that use Amazon Pinpoint's interface call this program.", max_length=32, unique=True, verbose_name='application ID')),
                ('brand', models.CharField(help_text='The name people know you by.', max_length=100, verbose_name='brand')),
                ('description', models.TextField(blank=True, verbose_name='what is sent')),
                ('support_contact', models.CharField(blank=True, help_text='A phone number, an e-mail or a web address; the answer to HELP names it.', max_length=100, verbose_name='help contact')),
                ('window_start', models.TimeField(default=datetime.time(8, 0), help_text="Promotional texts: recipient's local time.", verbose_name='earliest')),
                ('window_end', models.TimeField(default=datetime.time(21, 0), verbose_name='latest')),
                ('most_in_day', models.PositiveSmallIntegerField(blank=True, help_text="Promotional texts of this program to one number, over all campaigns. Blank: only the sending rules' own limit holds.", null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='most in 24 hours')),
                ('express_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: it counts until the person says no. Changes nothing given before.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='a yes ends after (days)')),
                ('implied_days', models.PositiveSmallIntegerField(default=90, help_text='In the US 90 after an inquiry, 540 after a purchase, at most.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='consent from a purchase or an inquiry ends after (days)')),
                ('double_opt_in', models.BooleanField(default=False, help_text='Who signs up is asked by text and joins only by answering YES.', verbose_name='ask twice')),
                ('confirmation_text', models.TextField(default='{brand}: Reply YES to get our texts. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to cancel.', help_text='{brand} stands for the brand.', verbose_name='text that asks')),
                ('confirmation_hours', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(336)], verbose_name='YES counts for (hours)')),
                ('confirmation_originator', models.ForeignKey(blank=True, help_text='A number that can be answered: no pool, no sender ID.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.originator', verbose_name='asked from')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('window_start__lt', models.F('window_end'))), name='program_window_is_a_day_window'),
                    models.CheckConstraint(condition=models.Q(('window_start__gte', datetime.time(8, 0)), ('window_end__lte', datetime.time(21, 0))), name='program_window_within_federal_hours'),
                    models.CheckConstraint(condition=models.Q(('double_opt_in', False), ('confirmation_originator__isnull', False), _connector='OR'), name='program_that_asks_twice_has_a_number'),
                    models.CheckConstraint(condition=models.Q(('implied_days__gte', 1), models.Q(('express_days', None), ('express_days__gte', 1), _connector='OR')), name='program_consent_lasts_a_day'),
                    models.CheckConstraint(condition=models.Q(('most_in_day', None), ('most_in_day__gte', 1), _connector='OR'), name='program_lets_at_least_one_pass'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OptInRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='compliance.ledgerentry')),
                ('originator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.originator')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='compliance.program')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('phone', 'program', 'message_class'), name='one_open_question_per_phone_program_class'),
                ],
            },
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='program',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.program', verbose_name='program'),
        ),
        migrations.CreateModel(
            name='ImportAttestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], default='promotional', max_length=13, verbose_name='for')),
                ('basis', models.CharField(choices=[('web_form', 'web form'), ('keyword', 'they texted a keyword'), ('paper', 'paper form'), ('checkout', 'checkbox at checkout'), ('other', 'another way (describe it)')], max_length=10, verbose_name='they opted in by')),
                ('origin', models.CharField(blank=True, help_text='The address of the form, the name of the shop or event.', max_length=300, verbose_name='where exactly')),
                ('wording', models.TextField(verbose_name='the words they agreed to')),
                ('attested_at', models.DateTimeField(auto_now_add=True)),
                ('attested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attestation', to='contacts.import')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.program', verbose_name='program')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], max_length=13)),
                ('state', models.CharField(choices=[('pending', 'asked to confirm'), ('active', 'opted in'), ('revoked', 'opted out')], max_length=10)),
                ('since', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True, verbose_name='ends')),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='compliance.ledgerentry')),
                ('program', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='compliance.program')),
            ],
            options={
                'default_permissions': ('view',),
                'constraints': [
                    models.UniqueConstraint(fields=('phone', 'program', 'message_class'), name='one_consent_per_phone_program_class'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgramLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='most texts')),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='in so many days')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limits', to='compliance.program')),
            ],
            options={
                'verbose_name': 'limit',
                'ordering': ('days',),
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'days'), name='one_limit_for_so_many_days'),
                    models.CheckConstraint(condition=models.Q(('days__gte', 1), ('most__gte', 1)), name='limit_lets_at_least_one_pass'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SignUpPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text="The last part of the page's address: spring-offers", unique=True, verbose_name='address')),
                ('open', models.BooleanField(default=False, help_text='People can sign up. The opt-out page always works.', verbose_name='open')),
                ('heading', models.CharField(blank=True, default='', max_length=120, verbose_name='heading')),
                ('disclosure', models.TextField(blank=True, help_text='What people agree to, word for word. Each sign-up keeps the words that it was shown.', verbose_name='the words beside the checkbox')),
                ('sent_from', models.CharField(blank=True, help_text='The number or short code, as people see it.', max_length=60, verbose_name='texts come from')),
                ('terms_url', models.URLField(blank=True, verbose_name='terms')),
                ('privacy_url', models.URLField(blank=True, help_text='It must say that numbers and opt-ins are not shared with others.', verbose_name='privacy policy')),
                ('country', models.CharField(default='US', help_text='For numbers that people write without a country code.', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$', 'Two capital letters, such as US.')], verbose_name='country')),
                ('frame_ancestors', models.CharField(blank=True, help_text='Sites that show the page in a frame. Nobody may, when this is empty.', max_length=500, validators=[django.core.validators.RegexValidator('^https?://(\\*\\.)?[a-z0-9.-]+(:[0-9]{1,5})?( https?://(\\*\\.)?[a-z0-9.-]+(:[0-9]{1,5})?)*$', 'Write origins with spaces between: https://www.example.com')], verbose_name='may be embedded by')),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sign_up_page', to='compliance.program')),
            ],
            options={
                'verbose_name': 'sign-up page',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('open', False), models.Q(('disclosure', ''), _negated=True), _connector='OR'), name='open_sign_up_page_says_something'),
                    models.CheckConstraint(condition=models.Q(('slug', 'stop'), _negated=True), name='sign_up_page_is_not_at_stop'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SuppressedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('reason', models.CharField(choices=[('erased', 'erased person'), ('do_not_call', 'do-not-call list'), ('litigator', 'known litigator'), ('reassigned', 'number was given to somebody else'), ('other', 'another reason')], max_length=12, verbose_name='reason')),
                ('source', models.CharField(help_text='Where the number comes from: list and date.', max_length=200, verbose_name='source')),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.ledgerentry')),
            ],
            options={
                'verbose_name': 'suppressed number',
                'default_permissions': ('add', 'view', 'delete'),
                'constraints': [
                    models.UniqueConstraint(fields=('key', 'reason'), name='one_suppression_per_number_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('reason', 'erased')), models.Q(models.Q(('reason', 'erased'), _negated=True), ('entry__isnull', True)), _connector='OR'), name='suppressed_erased_by_the_ledger'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('phone', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='phone')),
                ('scope', models.CharField(choices=[('marketing', 'everything promotional'), ('all', 'everything we send')], default='all', max_length=10, verbose_name='gets none of')),
                ('since', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.ledgerentry')),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='TenDlcCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Its id or name at AWS, by which you find it again.', max_length=100, unique=True, verbose_name='registered 10DLC campaign')),
                ('parts_per_second', models.PositiveIntegerField(help_text="What carriers allow all its numbers together; AT&T by score: 4, 40 or 75. The numbers' own limits hold as well.", validators=[django.core.validators.MinValueValidator(1)], verbose_name='parts per second')),
            ],
            options={
                'verbose_name': '10DLC campaign',
                'constraints': [models.CheckConstraint(condition=models.Q(('parts_per_second__gte', 1)), name='ten_dlc_campaign_sends_at_least_one')],
            },
        ),
        migrations.AddField(
            model_name='originator',
            name='ten_dlc_campaign',
            field=models.ForeignKey(blank=True, help_text='Its pace is shared by all its numbers. For 10DLC numbers and their pools.', null=True, on_delete=django.db.models.deletion.PROTECT, to='compliance.tendlccampaign', verbose_name='registered 10DLC campaign'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='wording',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.wording'),
        ),
        migrations.CreateModel(
            name='AnswerReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20, verbose_name='from')),
                ('inbound_id', models.CharField(max_length=100, unique=True)),
                ('recipient', models.CharField(max_length=20, verbose_name='to')),
                ('text', models.TextField(verbose_name='text')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('rule', models.CharField(max_length=40, verbose_name='rule')),
                ('rules_version', models.CharField(max_length=20)),
                ('legal', models.BooleanField(default=False, verbose_name='speaks of lawyers, regulators or in anger')),
                ('holds', models.BooleanField(verbose_name='holds back promotional texts')),
                ('status', models.CharField(choices=[('open', 'to be read'), ('opt_out', 'is an opt-out'), ('not_opt_out', 'is not an opt-out'), ('read', 'read')], default='open', max_length=12, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'answer to read',
                'verbose_name_plural': 'answers to read',
                'permissions': [('decide_answerreview', 'Can decide whether an answer is an opt-out')],
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('holds', True), ('status', 'open')), fields=['phone'], name='answer_holds'), models.Index(condition=models.Q(('status', 'open')), fields=['received_at'], name='answer_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='answer_decided_has_a_time')],
            },
        ),
        migrations.AddConstraint(
            model_name='originator',
            constraint=models.CheckConstraint(condition=models.Q(('parts_per_second__gte', 1)), name='originator_sends_at_least_one_part'),
        ),
        migrations.AddConstraint(
            model_name='originator',
            constraint=models.CheckConstraint(condition=models.Q(('ten_dlc_campaign', None), ('kind__in', ['TEN_DLC', 'POOL']), _connector='OR'), name='only_ten_dlc_numbers_have_a_ten_dlc_campaign'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['subject', 'id'], name='entry_subject'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('corrects__isnull', False)), fields=['corrects'], name='entry_corrects'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('attachment_sha256', ''), _negated=True), fields=['attachment_sha256'], name='entry_attachment'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scope', 'program'), _negated=True), ('program__isnull', False), _connector='OR'), name='entry_of_a_program_names_it'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', 'correction'), _negated=True), ('corrects__isnull', False), _connector='OR'), name='entry_that_corrects_says_what'),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
