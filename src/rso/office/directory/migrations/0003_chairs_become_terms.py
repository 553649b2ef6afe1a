from django.db import migrations

GROUPS = {
    "asia": "Asia",
    "asean": "ASEAN",
    "oceania": "Oceania",
    "north-america": "North America",
    "organisations": "International organisations",
    "observers": "Observers",
}


def forward(apps, schema_editor):
    """Groups become rows, chairs become terms of a post, and each row learns its key in the shipped file."""

    def model(name):
        return apps.get_model("directory", name)

    groups = {
        code: model("Group").objects.get_or_create(code=code, defaults={"name": name, "order": order})[0]
        for order, (code, name) in enumerate(GROUPS.items(), start=1)
    }
    for row in model("Standing").objects.select_related("organisation"):
        row.heading = groups[row.group]
        row.key = f"standing/{row.organisation.code}/{row.status}"
        row.alpha3 = row.organisation.code if row.alpha2 else ""
        row.save()
    for row in model("Passage").objects.all():
        row.key = f"passage/{row.kind}/{row.code}/{row.version}"
        row.save()
    for row in model("Resource").objects.all():
        row.key = f"resource/{row.code}"
        row.save()
    for row in model("Body").objects.all():
        row.key = f"body/{row.code}"
        row.save()
    for chair in model("Chair").objects.select_related("body", "organisation").order_by("pk"):
        code = "co-manager" if chair.body.code == "co-managers" else "co-chair"
        name = {"co-managers": "Co-Manager", "co-chairs": "Co-Chair"}.get(chair.body.code, "Co-chair")
        defaults = {"name": name, "leads": True, "source": "RSO brochure (state of version 1)", "version": 1}
        key = f"post/{chair.body.code}/{code}"
        post = model("Post").objects.get_or_create(body=chair.body, code=code, defaults={**defaults, "key": key})[0]
        met = model("Term").objects.filter(post=post, organisation=chair.organisation).count()
        model("Term").objects.create(
            post=post,
            organisation=chair.organisation,
            since=chair.since,
            until=chair.until,
            source=chair.source,
            version=chair.version,
            key=f"term/{chair.body.code}/{code}/{chair.organisation.code}/{met + 1}",
        )


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_posts_and_revisions")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=False)]
