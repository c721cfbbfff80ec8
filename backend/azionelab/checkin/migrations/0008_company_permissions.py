from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# The company's pages and all pictures are the managers' to look after; the company itself is never deleted.
MODELS = {"company": ("page", "pagepicture"), "programme": ("showpicture", "venuepicture")}
MANAGERS = [
    *((label, f"{verb}_{model}") for label in MODELS for model in MODELS[label] for verb in ("add", "change", "view")),
    *((label, f"delete_{model}") for label in MODELS for model in MODELS[label]),
    *(("company", f"{verb}_company") for verb in ("add", "change", "view")),
]


def give_permissions(apps, schema_editor):
    for label in MODELS:
        create_permissions(current_apps.get_app_config(label), apps=apps, verbosity=0)
    managers, _created = apps.get_model("auth", "Group").objects.get_or_create(name="Managers")
    permissions = apps.get_model("auth", "Permission").objects
    for label, codename in MANAGERS:
        managers.permissions.add(permissions.get(content_type__app_label=label, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("checkin", "0007_scans_forget_words"),
        ("company", "0001_initial"),
        ("programme", "0003_pictures_and_moves"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
