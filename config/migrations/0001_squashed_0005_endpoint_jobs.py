"""All of the first migrations in one: a new database is ready in a quarter of the time."""

import django.db.models.deletion
import django.utils.timezone
import pinpoint.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("config", "0001_roles"),
        ("config", "0002_authenticator_apps"),
        ("config", "0003_access_keys"),
        ("config", "0004_channels_and_tags"),
        ("config", "0005_endpoint_jobs"),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('compliance', '0001_squashed_0022_senders'),
        ('contacts', '0001_squashed_0012_endpoints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('access_key', models.CharField(editable=False, max_length=20, unique=True, verbose_name='access key ID')),
                ('sealed', models.BinaryField(verbose_name='secret, encrypted')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programs', models.ManyToManyField(blank=True, help_text='The applications that it may name. None chosen: all, and new ones too.', related_name='+', to='compliance.program', verbose_name='programs')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='access_key', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'access key',
                'permissions': [('manage_accesskey', 'Can make, change and revoke access keys')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuthenticatorApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('sealed', models.BinaryField(verbose_name='secret, encrypted')),
                ('last_step', models.BigIntegerField(default=-1, verbose_name='step of the last code')),
                ('recovery_hashes', models.JSONField(default=list, verbose_name='hashes of the recovery codes left')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='authenticator_app', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EndpointJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job_id', models.CharField(default=pinpoint.ids.new_id, max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('IMPORT', 'import'), ('EXPORT', 'export')], max_length=6)),
                ('request_id', models.CharField(max_length=36)),
                ('definition', models.JSONField()),
                ('rules', models.JSONField(null=True)),
                ('status', models.CharField(choices=[('CREATED', 'created'), ('INITIALIZING', 'looking for files'), ('PROCESSING', 'going on'), ('COMPLETING', 'completing'), ('COMPLETED', 'completed'), ('FAILED', 'failed')], default='CREATED', max_length=12)),
                ('processed', models.BigIntegerField(default=0)),
                ('failed', models.BigIntegerField(default=0)),
                ('failures', models.JSONField(default=list)),
                ('after', models.BigIntegerField(default=0)),
                ('troubles', models.PositiveSmallIntegerField(default=0)),
                ('worked_at', models.DateTimeField(null=True)),
                ('made_by_call', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='config.accesskey')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='compliance.program')),
                ('segment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.segment')),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='endpoint_job_goes_on'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('status__in', ['COMPLETED', 'FAILED'])), models.Q(models.Q(('status__in', ['COMPLETED', 'FAILED']), _negated=True), ('finished_at', None)), _connector='OR'), name='endpoint_job_ended_at_a_time'),
                    models.UniqueConstraint(condition=models.Q(('made_by_call', ''), _negated=True), fields=('key', 'made_by_call'), name='one_endpoint_job_of_a_call'),
                ],
            },
        ),
        migrations.CreateModel(
            name='EndpointJobFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=1024)),
                ('size', models.BigIntegerField()),
                ('etag', models.CharField(max_length=100)),
                ('offset', models.BigIntegerField(default=0)),
                ('line', models.BigIntegerField(default=0)),
                ('header', models.JSONField(default=list)),
                ('done', models.BooleanField(default=False)),
                ('failed', models.BooleanField(default=False)),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='config.endpointjob')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('job', 'number'), name='one_file_of_a_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='EndpointJobMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='config.endpointjob')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('job', 'contact'), name='once_in_a_job'),
                ],
            },
        ),
        migrations.CreateModel(
            name='KeyAttestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_class', models.CharField(choices=[('promotional', 'promotional'), ('transactional', 'transactional')], default='promotional', max_length=13, verbose_name='for')),
                ('basis', models.CharField(choices=[('web_form', 'web form'), ('keyword', 'they texted a keyword'), ('paper', 'paper form'), ('checkout', 'checkbox at checkout'), ('other', 'another way (describe it)')], max_length=10, verbose_name='they opted in by')),
                ('origin', models.CharField(blank=True, help_text='The address of the form, the name of the shop or event.', max_length=300, verbose_name='where exactly')),
                ('wording', models.TextField(verbose_name='the words they agreed to')),
                ('attested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attestations', to='config.accesskey')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='compliance.program', verbose_name='program')),
            ],
            options={
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('key', 'program', 'message_class'), name='one_attestation_of_a_key'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ResourceTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource', models.CharField(max_length=300)),
                ('name', models.CharField(max_length=128)),
                ('value', models.CharField(blank=True, max_length=256)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('resource', 'name'), name='one_value_of_a_tag')],
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('given', models.JSONField(default=list, verbose_name='permissions given so far')),
                ('group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SmsChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enabled', models.BooleanField(default=True)),
                ('archived', models.BooleanField(default=False)),
                ('sender_id', models.CharField(blank=True, max_length=256)),
                ('short_code', models.CharField(blank=True, max_length=256)),
                ('version', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('modified_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('modified_by', models.CharField(blank=True, max_length=150)),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='compliance.program')),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
