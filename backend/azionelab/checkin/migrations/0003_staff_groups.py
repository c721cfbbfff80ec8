from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

DOOR_STAFF = ["checkin.add_scan", "checkin.view_scan", "checkin.view_checkin", "programme.view_performance"]
MANAGERS = DOOR_STAFF + [
    *(f"programme.{verb}_{model}" for model in ("venue", "show", "performance") for verb in ("add", "change", "view")),
    *(f"programme.delete_{model}" for model in ("venue", "show", "performance")),
    "reservations.view_reservation",
    "reservations.change_reservation",
    "reservations.view_outboundemail",
]


def make_groups(apps, schema_editor):
    # Permissions are otherwise made after the last migration, too late for this one.
    for label in ("programme", "reservations", "checkin"):
        create_permissions(current_apps.get_app_config(label), apps=apps, verbosity=0)
    groups = apps.get_model("auth", "Group").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, wanted in (("Managers", MANAGERS), ("Door staff", DOOR_STAFF)):
        group, _created = groups.get_or_create(name=name)
        for permission in set(wanted):
            label, codename = permission.split(".")
            group.permissions.add(permissions.get(content_type__app_label=label, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("checkin", "0002_scans_are_append_only"),
        ("reservations", "0001_initial"),
        ("programme", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
