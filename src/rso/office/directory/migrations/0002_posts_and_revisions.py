import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _dated():
    return [
        ("since", models.DateField(blank=True, null=True, verbose_name="from")),
        ("until", models.DateField(blank=True, null=True, verbose_name="to")),
        ("source", models.CharField(max_length=300, verbose_name="source")),
        (
            "version",
            models.PositiveSmallIntegerField(
                help_text="1 is the brochure's state; newer facts are later versions.", verbose_name="version"
            ),
        ),
        ("is_over", models.BooleanField(default=False, verbose_name="over, on a day not known")),
        ("is_withdrawn", models.BooleanField(default=False, editable=False, verbose_name="withdrawn")),
        ("is_ours", models.BooleanField(default=False, editable=False, verbose_name="changed by the office")),
        ("key", models.CharField(blank=True, db_index=True, editable=False, max_length=160)),
    ]


def _runs_forward(name):
    return models.CheckConstraint(
        condition=models.Q(
            ("since__isnull", True), ("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"
        ),
        name=name,
    )


def _added(model):
    return [migrations.AddField(model_name=model, name=name, field=field) for name, field in _dated()[4:]]


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *_added("standing"),
        *_added("passage"),
        *_added("body"),
        *_added("resource"),
        migrations.AddField(
            model_name="standing",
            name="alpha3",
            field=models.CharField(blank=True, max_length=3, verbose_name="three-letter code"),
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
            ],
            options={"ordering": ["order", "pk"]},
        ),
        migrations.AddField(
            model_name="standing",
            name="heading",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standings",
                to="directory.group",
                verbose_name="group",
            ),
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *_dated(),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name of the post")),
                (
                    "leads",
                    models.BooleanField(
                        default=False,
                        help_text="A chair, co-chair or Co-Manager: named wherever the body is.",
                        verbose_name="leads the body",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="directory.body",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "ordering": ["body__order", "order", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("body", "code"), name="post_code_once"),
                    _runs_forward("post_runs_forward"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *_dated(),
                (
                    "person",
                    models.CharField(
                        blank=True,
                        help_text="Shown to signed-in officials, unless marked as public.",
                        max_length=200,
                        verbose_name="person",
                    ),
                ),
                ("person_is_public", models.BooleanField(default=False, verbose_name="the name is public")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="accounts.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="directory.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={"ordering": ["organisation__name", "pk"], "constraints": [_runs_forward("term_runs_forward")]},
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("ref", models.PositiveBigIntegerField()),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("entered", "Entered"),
                            ("corrected", "Corrected"),
                            ("closed", "Closed"),
                            ("reopened", "Opened again"),
                            ("withdrawn", "Withdrawn"),
                            ("restored", "Restored"),
                            ("undone", "Undone"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["kind", "ref"], name="directory_revision_of")],
            },
        ),
    ]
