import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_chairs_become_terms")]

    operations = [
        migrations.RemoveField(model_name="standing", name="group"),
        migrations.RenameField(model_name="standing", old_name="heading", new_name="group"),
        migrations.AlterField(
            model_name="standing",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standings",
                to="directory.group",
                verbose_name="group",
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standings",
                to="accounts.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.DeleteModel(name="Chair"),
        migrations.AlterModelOptions(
            name="body", options={"ordering": ["order", "pk"], "verbose_name_plural": "bodies"}
        ),
    ]
