from django.db import migrations

#: Abbreviations of the RSO's brochure and public pages, written out as they are there. An office changes them as it likes.
WORDS = (
    ("TIP", "trafficking in persons", "human trafficking"),
    ("RSO", "Regional Support Office"),
    ("RCF", "Regional Cooperation Framework"),
    ("QRG", "Quick Reference Guide"),
    ("TFPP", "Task Force on Planning and Preparedness"),
    ("JPoA", "Joint Period of Action"),
    ("SAR", "search and rescue"),
    ("AHG", "Ad Hoc Group"),
    ("WG-TIP", "Working Group on Trafficking in Persons"),
    ("SOM", "Senior Officials Meeting"),
    ("ToR", "terms of reference"),
    ("NGO", "non-governmental organisation"),
    ("people smuggling", "migrant smuggling", "smuggling of migrants"),
    ("document examination", "document analysis"),
)


def enter(apps, schema_editor):
    Alike = apps.get_model("search", "Alike")
    Alike.objects.bulk_create(Alike(language="en", words="\n".join(group)) for group in WORDS)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_kept")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
