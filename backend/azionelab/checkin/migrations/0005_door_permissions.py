from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# Door staff may scan already. Who sends phones to a door, takes them away and settles what they left are managers.
MANAGERS = ["add_doordevice", "change_doordevice", "view_doordevice", "change_conflict", "view_conflict"]


def give_permissions(apps, schema_editor):
    create_permissions(current_apps.get_app_config("checkin"), apps=apps, verbosity=0)
    managers, _created = apps.get_model("auth", "Group").objects.get_or_create(name="Managers")
    for permission in apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="checkin", codename__in=MANAGERS
    ):
        managers.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("checkin", "0004_devices_and_conflicts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
