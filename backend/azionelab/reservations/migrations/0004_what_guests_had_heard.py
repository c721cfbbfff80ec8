from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0003_mailings_erasures_and_slots"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboundemail",
            name="about",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
