"""Encrypt the secrets of webhooks."""

from django.db import migrations, models

from contacts.sealing import seal, unseal


def encrypt(apps, schema_editor):
    for place in apps.get_model("campaigns", "Destination").objects.exclude(secret=""):
        place.sealed = seal(place.secret.encode())
        place.save(update_fields=["sealed"])


def decrypt(apps, schema_editor):
    for place in apps.get_model("campaigns", "Destination").objects.exclude(sealed=b""):
        secret = unseal(bytes(place.sealed))
        if secret is None:
            raise ValueError(
                f"The secret of destination {place.pk} was sealed with another SECRET_KEY: "
                "name that in SECRET_KEY_FALLBACKS."
            )
        place.secret = secret.decode()
        place.save(update_fields=["secret"])


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0041_resumes'),
    ]

    operations = [
        migrations.AddField(
            model_name='destination',
            name='sealed',
            field=models.BinaryField(default=b'', editable=False),
        ),
        migrations.RunPython(encrypt, decrypt),
        migrations.RemoveField(model_name='destination', name='secret'),
    ]
