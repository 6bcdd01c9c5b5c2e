"""How much of each Khmer page is English, on the demonstration corpus: Latin words of two letters and more, against
Khmer letters divided by the letters of a word. Addresses of sources are left out; quotations of laws are not."""

from __future__ import annotations

import sys

from tests.page_words import english_share
from tests.tools.bench.child import measure_in_child

# Page by kind, and the share that may be English at most, where one is set.
PAGES = {
    "home": ("/", 0.10),
    "laws": ("/laws/", 0.10),
    "compare": ("/compare/", 0.10),
    "topics": ("/topics/", 0.10),
    "a law": ("/laws/kh-cybercrime/", 0.15),
    "concerns": ("/laws/kh-cybercrime/concerns/", 0.15),
    "annotations": ("/annotations/", 0.15),
    "an annotation": ("/annotations/d2024-real-time/", 0.15),
    "search": ("/search/?q=traffic+data", 0.15),
    "search in Khmer": ("/search/?q=ទិន្នន័យ", 0.15),
    "a draft in Khmer": ("/laws/kh-cybercrime/2012-v1-km/", 0.10),
    "the last draft in Khmer": ("/laws/kh-cybercrime/2024-leak-km/", 0.10),
    "two drafts in Khmer": ("/compare/kh-cybercrime/2012-v1-km/with/kh-cybercrime/2020-08-km/", 0.10),
    "the last two in Khmer": ("/compare/kh-cybercrime/2020-08-km/with/kh-cybercrime/2024-leak-km/", 0.10),
    "a draft": ("/laws/kh-cybercrime/2012-v1-en/", None),
    "a draft, the last": ("/laws/kh-cybercrime/2024-leak-en/", None),
    "a clause": ("/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/", None),
    "a clause without number": ("/laws/kh-cybercrime/2024-leak-en/art_nn_real-time/", None),
    "two drafts": ("/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/", None),
    "two drafts, the last": ("/compare/kh-cybercrime/2020-08-en/with/kh-cybercrime/2024-leak-en/", None),
    "a topic": ("/topics/illegal-access/", 0.35),
    "a topic of speech": ("/topics/content-of-speech/", 0.35),
    "a draft against US law": ("/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/", 0.50),
    "a draft against the Code": ("/compare/kh-cybercrime/2012-v1-en/with/kh-criminal-code/2009-en/", None),
    "the Criminal Code": ("/laws/kh-criminal-code/2009-en/", None),
    "the Declaration in Khmer": ("/laws/udhr/1948-km/", None),
    "about": ("/about/", None),
    "glossary": ("/glossary/", None),
}


def main() -> None:
    shares = measure_in_child("tests.tools.bench.bench_english_on_khmer_pages")
    for name, (path, most) in PAGES.items():
        bound = f"at most {most:.0%}" if most is not None else ""
        print(f"  {name:<26}{shares[name]:6.1%}  {bound:<12}  /km{path}")
    total = sum(shares.values()) / len(shares)
    print(f"  {'mean of these pages':<26}{total:6.1%}")


def measure() -> dict[str, float]:
    from django.core.management import call_command
    from django.test import Client

    call_command("demo", verbosity=0, stdout=sys.stderr)
    call_command("index", "--missing", stdout=sys.stderr)
    shares = {}
    for name, (path, _most) in PAGES.items():
        answer = Client().get(f"/km{path}", follow=True)
        assert answer.status_code == 200, (path, answer.status_code)
        shares[name] = english_share(answer.content.decode())
    return shares
