import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0010_smaller_blocks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='analytics.alertrule', verbose_name='rule'),
        ),
    ]
