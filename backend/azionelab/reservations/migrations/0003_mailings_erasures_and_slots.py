import django.db.models.deletion
from django.db import migrations, models

# What a slot has been until now: the reservation's place among all that were ever made for its performance.
NUMBER_SLOTS = """
    UPDATE reservations_reservation SET slot = ranked.slot
    FROM (
        SELECT id, row_number() OVER (PARTITION BY performance_id ORDER BY id) - 1 AS slot
        FROM reservations_reservation
    ) AS ranked
    WHERE ranked.id = reservations_reservation.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0002_gone_slots"),
        ("reservations", "0002_walk_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("selection", models.JSONField(verbose_name="selection")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
            ],
            options={
                "verbose_name": "mailing",
                "verbose_name_plural": "mailings",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("erased_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="reservation",
            name="calendar_sequence",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="reservation",
            name="erased_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="personal data erased"),
        ),
        migrations.AddField(
            model_name="reservation",
            name="slot",
            field=models.PositiveIntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.RunSQL(NUMBER_SLOTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="outboundemail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirm", "please confirm"),
                    ("ticket", "your ticket"),
                    ("reservation_cancelled", "your reservation was cancelled"),
                    ("performance_cancelled", "the performance is cancelled"),
                    ("performance_moved", "the performance was moved"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(fields=("performance", "slot"), name="reservation_slot_once"),
        ),
        migrations.AddField(
            model_name="outboundemail",
            name="run",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="emails",
                to="reservations.emailrun",
            ),
        ),
    ]
