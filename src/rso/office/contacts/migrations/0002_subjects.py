from django.db import migrations

SUBJECTS = {
    "general": "General",
    "trafficking": "Trafficking in persons",
    "smuggling": "People smuggling",
    "sea": "Movements by sea and preparedness",
    "training": "Training",
    "exchange": "Exchange of biometric data (RBDES)",
}


def forward(apps, schema_editor):
    """The subjects to begin with; the office changes them on its own page."""
    for order, (code, name) in enumerate(SUBJECTS.items(), start=1):
        apps.get_model("contacts", "Subject").objects.get_or_create(code=code, defaults={"name": name, "order": order})


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=False)]
