"""Write ``tests/data/release-0.1.0/rows.json``: the rows of a small site of 0.1.0.

Run as ``python -m tests.tools.make_release`` while 0.1.0 is being made, and never after it: from then on the file is
what an upgrade starts from. The rows have the columns of the first migrations alone, since they are loaded into those
tables (``tests.migrating``).
"""

from __future__ import annotations

import json
import os
import tempfile

KEPT = [
    "accounts.Organisation",
    "accounts.User",
    "accounts.Membership",
    "core.Job",
    "laws.Law",
    "laws.Version",
    "laws.Clause",
    "annotations.Category",
    "annotations.Annotation",
    "annotations.NoteDecision",
    "annotations.Revision",
    "crosswalk.Examination",
    "crosswalk.Finding",
    "crosswalk.FindingDecision",
    "crosswalk.Topic",
    "crosswalk.Correspondence",
    "comparisons.Comparison",
    "comparisons.Concordance",
    "comparisons.ClausePair",
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("REDIS_URL", None)
        os.environ |= {"EMBEDDED": "1", "DEBUG": "1", "TASKS": "inline", "DATA_DIR": folder}
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
            "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
        }
        import django

        django.setup()
        _write()


def _write() -> None:
    from django.apps import apps
    from django.core import serializers
    from django.core.management import call_command

    from tests.migrating import ROWS

    call_command("migrate", verbosity=0)
    _fill()
    objects = [row for label in KEPT for row in apps.get_model(label).objects.order_by("pk")]
    rows = json.loads(serializers.serialize("json", objects))
    columns = columns_of_release()
    for row in rows:
        row["fields"] = {name: value for name, value in row["fields"].items() if name in columns[row["model"]]}
        if row["model"] == "accounts.user":
            row["fields"]["password"] = "!"
    ROWS.write_text(json.dumps(rows, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def columns_of_release() -> dict[str, set[str]]:
    """Returns what the first migrations of each app give its tables: ``laws.version`` -> names of its columns."""
    from django.db.migrations.loader import MigrationLoader

    from tests.migrating import RELEASE

    models = MigrationLoader(None).project_state(RELEASE).apps.get_models()
    return {model._meta.label_lower: {field.name for field in model._meta.get_fields()} for model in models}


def _fill() -> None:
    from lawcompare.annotations import services as annotating
    from lawcompare.annotations.models import Annotation, Category
    from lawcompare.annotations.targets import set_target
    from lawcompare.comparisons.models import Concordance
    from lawcompare.crosswalk.findings.models import Finding
    from lawcompare.crosswalk.findings.services import decide_on_finding
    from lawcompare.crosswalk.models import Topic
    from lawcompare.crosswalk.services import state_correspondence
    from tests.conftest import NEW_DRAFT, OLD_DRAFT, Cast

    cast = Cast()
    old, new = _store(OLD_DRAFT, "old", "2019"), _store(NEW_DRAFT, "new", "2020")
    treaty = _store("## Article 2. Access\n\nEach Party punishes access without right.\n", "t", "2001", "treaty")
    category = Category.objects.create(code="VAGUE", label="Vagueness", question="Can one foresee?")
    clause = old.clauses.get(num="Article 2")
    for body, words, is_public in (
        ("Too **broad**.", "hinder the unity", True),
        ("A draft that stays one.", "", False),
    ):
        note = Annotation(body=body, risk=3)
        set_target(note, clause, words)
        annotating.write_annotation(cast.alice, note, {"categories": [category]})
        if is_public:
            annotating.submit_annotation(cast.alice, note)
            annotating.publish_annotation(cast.rita, note)
    decide_on_finding(cast.rita, Finding.objects.first(), "dismissed", "Looked at, and answered elsewhere.")
    topic = Topic.objects.create(slug="illegal-access", title="Illegal access")
    subject, answer = old.clauses.get(num="Article 1"), treaty.clauses.get(num="Article 2")
    state_correspondence(topic, subject, answer, "equivalent", "Both punish access.", "The Centre")
    Concordance.objects.create(
        old_version=old,
        new_version=new,
        old=old.clauses.get(num="Article 4"),
        new=new.clauses.get(num="Article 4"),
        author="The Centre",
        reason="The same closing article.",
    )


def _store(text: str, version: str, date: str, law: str = "draft"):
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish
    from tests.conftest import FRONT

    front = FRONT.format(law=law, version=version, title=f"{law} {version}", date=date)
    stored = import_law(Import((front + text).encode(), f"{version}.md")).version
    publish(stored)
    return stored


if __name__ == "__main__":
    main()
