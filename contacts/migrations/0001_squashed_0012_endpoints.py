"""All of the first migrations in one: a new database is ready in a quarter of the time."""

import contacts.models.endpoint
import contacts.models.segment
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pinpoint.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("contacts", "0001_initial"),
        ("contacts", "0002_caseless_city"),
        ("contacts", "0003_catalogue_kinds"),
        ("contacts", "0004_export_permission"),
        ("contacts", "0005_segments_and_lists"),
        ("contacts", "0006_dry_run"),
        ("contacts", "0007_see_numbers"),
        ("contacts", "0008_growing_lists"),
        ("contacts", "0009_uncommon_lines"),
        ("contacts", "0010_pinpoint_ids"),
        ("contacts", "0011_segments_of_programs"),
        ("contacts", "0012_endpoints"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttributeName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(help_text='attributes.Plan', max_length=120, unique=True, verbose_name='path')),
                ('kind', models.CharField(choices=[('text', 'text'), ('number', 'number'), ('date', 'date'), ('list', 'several values')], default='text', max_length=6, verbose_name='kind')),
                ('contacts', models.IntegerField(default=0, verbose_name='contacts')),
                ('common_values', models.JSONField(default=list, verbose_name='commonest values')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(help_text='E.164: +12065550100', max_length=20, unique=True, verbose_name='phone')),
                ('user_id', models.CharField(blank=True, max_length=200, verbose_name='user ID')),
                ('endpoint_id', models.CharField(blank=True, max_length=200, verbose_name='endpoint ID')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='attributes')),
                ('user_attributes', models.JSONField(blank=True, default=dict, verbose_name='user attributes')),
                ('metrics', models.JSONField(blank=True, default=dict, verbose_name='metrics')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('region', models.CharField(blank=True, max_length=100, verbose_name='region')),
                ('postal_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                ('country', models.CharField(blank=True, help_text='ISO 3166-1 alpha-2', max_length=2, verbose_name='country')),
                ('timezone', models.CharField(blank=True, help_text='America/Chicago', max_length=64, verbose_name='time zone')),
                ('locale', models.CharField(blank=True, max_length=20, verbose_name='locale')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('line_type', models.CharField(choices=[('mobile', 'mobile'), ('landline', 'landline'), ('either', 'mobile or landline'), ('voip', 'VoIP'), ('toll_free', 'toll-free'), ('other', 'other')], default='other', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('last_active_at', models.DateTimeField(blank=True, null=True, verbose_name='last active')),
            ],
            options={
                'permissions': [('export_person', 'Can export everything held about a person'), ('see_numbers', 'Can see phone numbers in full')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['attributes'], name='contact_attributes', opclasses=['jsonb_path_ops']), django.contrib.postgres.indexes.GinIndex(fields=['user_attributes'], name='contact_user_attributes', opclasses=['jsonb_path_ops']), models.Index(django.db.models.functions.text.Upper('city'), name='contact_city_caseless'), models.Index(django.db.models.functions.text.Upper('region'), name='contact_region_caseless'), models.Index(fields=['created_at'], name='contact_created'), models.Index(condition=models.Q(('last_active_at__isnull', False)), fields=['last_active_at'], name='contact_last_active'), models.Index(condition=models.Q(('line_type', 'either'), _negated=True), fields=['line_type', 'id'], name='contact_uncommon_line'), models.Index(condition=models.Q(('latitude__isnull', False)), fields=['latitude', 'longitude'], name='contact_place'), models.Index(condition=models.Q(('user_id', ''), _negated=True), fields=['user_id'], name='contact_user_id'), models.Index(condition=models.Q(('endpoint_id', ''), _negated=True), fields=['endpoint_id'], name='contact_endpoint_id')],
                'constraints': [models.CheckConstraint(condition=models.Q(('phone__regex', '^\\+[1-9][0-9]{1,18}$')), name='contact_phone_is_e164'), models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='contact_is_somewhere_on_earth')],
            },
        ),
        migrations.CreateModel(
            name='ContactList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('grows', models.BooleanField(default=False, help_text='By keyword rules and by hand. Otherwise it holds the same people for ever.', verbose_name='people come and go')),
                ('origin', models.CharField(max_length=300, verbose_name='made from')),
                ('people', models.PositiveIntegerField(default=0, verbose_name='people')),
                ('unknown', models.PositiveIntegerField(default=0, verbose_name='not found')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made at')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'list',
                'verbose_name_plural': 'lists',
                'default_permissions': ('add', 'view', 'delete'),
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to='imports/%Y/%m/', verbose_name='file')),
                ('filename', models.CharField(max_length=255, verbose_name='file name')),
                ('sha256', models.CharField(max_length=64)),
                ('default_country', models.CharField(default='US', max_length=2, verbose_name='country of national numbers')),
                ('encoding', models.CharField(max_length=20)),
                ('delimiter', models.CharField(blank=True, max_length=1)),
                ('header', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('unmapped', 'waiting for the phone column'), ('examining', 'dry run is going on'), ('checked', 'checked, not started'), ('queued', 'queued'), ('running', 'running'), ('completed', 'completed'), ('failed', 'failed')], default='examining', max_length=10)),
                ('size', models.BigIntegerField(default=0, verbose_name='bytes')),
                ('read_bytes', models.BigIntegerField(default=0)),
                ('forecast', models.JSONField(default=dict)),
                ('lines', models.IntegerField(default=0, verbose_name='lines')),
                ('done_lines', models.IntegerField(default=0)),
                ('created', models.IntegerField(default=0, verbose_name='new')),
                ('changed', models.IntegerField(default=0, verbose_name='changed')),
                ('unchanged', models.IntegerField(default=0, verbose_name='unchanged')),
                ('duplicates', models.IntegerField(default=0, verbose_name='duplicate')),
                ('rejected', models.IntegerField(default=0, verbose_name='rejected')),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
            },
        ),
        migrations.CreateModel(
            name='Recount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('writes', models.BigIntegerField(default=-1)),
                ('counted_at', models.DateTimeField()),
                ('seconds', models.FloatField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_recount')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('pinpoint_id', models.CharField(default=pinpoint.ids.new_id, editable=False, max_length=32, unique=True)),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('rules', models.JSONField(default=contacts.models.segment.everyone, verbose_name='rules')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('application_id', models.CharField(blank=True, default='', editable=False, max_length=32)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application_id', models.CharField(max_length=32, verbose_name='application ID')),
                ('endpoint_id', models.CharField(max_length=200, verbose_name='endpoint ID')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('opted_out', models.BooleanField(default=False, verbose_name='opted out')),
                ('cohort', models.PositiveSmallIntegerField(default=contacts.models.endpoint.cohort)),
                ('demographic', models.JSONField(default=dict)),
                ('request_id', models.CharField(blank=True, max_length=200)),
                ('effective_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endpoints', to='contacts.contact')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('application_id', 'endpoint_id'), name='one_endpoint_of_an_id'), models.UniqueConstraint(condition=models.Q(('active', True)), fields=('application_id', 'contact'), name='one_active_endpoint_of_a_contact')],
            },
        ),
        migrations.CreateModel(
            name='ImportMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='contacts.contact')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='contacts.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'contact'), name='one_member_per_import')],
            },
        ),
        migrations.CreateModel(
            name='ListMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lists', to='contacts.contact')),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='contacts.contactlist')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['list', 'contact'], include=('added_at', 'removed_at'), name='list_member_then')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('list', 'contact'), name='once_on_a_list'), models.CheckConstraint(condition=models.Q(('removed_at', None), ('added_at__lte', models.F('removed_at')), _connector='OR'), name='list_member_came_before_going')],
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20)),
                ('line', models.IntegerField(verbose_name='line')),
                ('opt_out', models.BooleanField()),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='contacts.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'phone'), name='one_refusal_per_phone')],
            },
        ),
        migrations.CreateModel(
            name='RejectedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(verbose_name='line')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('raw', models.TextField(verbose_name='as it stood')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejected_lines', to='contacts.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='one_rejection_per_line')],
            },
        ),
        migrations.CreateModel(
            name='RepeatedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(verbose_name='line')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='repeated_lines', to='contacts.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='one_repetition_per_line')],
            },
        ),
        migrations.CreateModel(
            name='SegmentReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='contacts.segment')),
                ('to_list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referred_by', to='contacts.contactlist')),
                ('to_segment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referred_by', to='contacts.segment')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('to_segment', None), ('to_list', None), _connector='XOR'), name='segment_reference_is_to_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='SegmentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('rules', models.JSONField(verbose_name='rules')),
                ('written', models.JSONField(editable=False, null=True)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='contacts.segment')),
            ],
            options={
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('segment', 'number'), name='one_version_per_number')],
            },
        ),
    ]
