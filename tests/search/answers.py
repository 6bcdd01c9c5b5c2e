"""The demonstration corpus and a Khmer text, searched: prints what is found as JSON, for one database or the other.

The index is taken back to an earlier release and forwards again before it is asked.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.conftest import ROOT

QUESTIONS = [
    "illegal access", "intercep", "interception of communications", '"freedom of expression"',
    "the unity", "18 USC 1030", "18 U.S.C. § 1030(a)(2)", "Article 28", "Art. 28 2012", "មាត្រា ២៨",
    "មាត្រា ៥", "ICCPR 19(3)", "Budapest 15", "computer", "person", "section 2510", "shall not",
    "court order content", "imprisonment 15 years", "ផ្តន្ទាទោស", "ព័ត៌មាន", "ព័ត៌មានក្លែង", "បញ្ជី",
    "កំពង់", "500000 រៀល", "traffic data", "vague", "false information", '"traffic data" Budapest', "e",
    "ge", "’", "មា", "្", '"of the"', 'traffic "of the"', '"the right to freedom" expression',
    '"freedom of" "opinion"', '"right to freedom of opinion"', '"expression of freedom"', '"ព័ត៌មានក្លែងក្លាយ"',
    '"ត្រូវផ្ដន្ទាទោស"', "ក្", '"unbalanced (and ) OR NOT *', "'; DROP TABLE laws_law; --", "<b>access</b>",
    "traffic·data", "%_\\\\' || &!:*", "w39999x", '"w1x w2x"', '"w39998x w39999x"',
]  # fmt: skip
FILTERS: list[dict[str, str]] = [{}, {"kind": "annotation"}, {"language": "km"}, {"law": "us-code-18"}, {"risk": "4"}]


def load() -> None:
    """Everything of the corpus that can be found, without its comparisons."""
    from django.core.management import call_command

    from lawcompare.laws import services
    from lawcompare.laws.models import Version
    from lawcompare.publishing.services import publish
    from lawcompare.site.demonstration import (
        FIXTURES,
        CorpusLoader,
        load_categories,
        load_law,
        load_localised_texts,
        load_organisations,
    )

    call_command("migrate", verbosity=0)
    for path in sorted(FIXTURES.glob("laws/*/*.md")):
        load_law(path, lambda line: None)
    text = (ROOT / "tests/data/align-khmer-records/new.md").read_bytes()
    details = {"title": "Records", "jurisdiction": "kh", "kind": "statute", "language": "km", "date": "2015"}
    services.import_law(services.Import(text, "records.md", law="records", version="km", metadata=details))
    # A clause with more words than a vector of PostgreSQL holds, each with the one after it.
    long = "## Article 1. Words\n\n" + " ".join(f"w{number}x" for number in range(40_000)) + "\n"
    details = {"title": "Book", "jurisdiction": "kh", "kind": "statute", "language": "en", "date": "2016"}
    services.import_law(services.Import(long.encode(), "book.md", law="book", version="en", metadata=details))
    load_categories()
    load_organisations()
    CorpusLoader(load_localised_texts()).load(lambda line: None)
    for version in Version.objects.order_by("pk"):
        publish(version)
    call_command("index", stdout=sys.stderr)


def answers() -> list[Any]:
    from lawcompare.search.access import public_versions
    from lawcompare.search.query.find import Filters, find, show

    versions = public_versions()
    given = []
    for question in QUESTIONS:
        for filters in FILTERS:
            results = find(question, Filters(**filters), versions)
            hits = [
                [hit.url, [[run.text, run.is_mark] for run in [*hit.title, *hit.text]]]
                for hit in show(results, results.ranked)
            ]
            counts = {name: dict(sorted(counter.items())) for name, counter in sorted(results.counts.items())}
            given.append([question, filters, results.total, results.cited, counts, hits])
    return given


if __name__ == "__main__":
    import django

    django.setup()
    load()
    print(json.dumps(answers(), ensure_ascii=False))
