"""Why a counterpart was suggested, in words."""

from collections.abc import Mapping, Sequence

from lawcompare.engine.compare_laws.thesaurus import load_thesaurus
from lawcompare.engine.wording.locale import Locale, gettext_noop

SENTENCES = {
    "both-headed": gettext_noop("Both are headed: %(concepts)s."),
    "both-speak": gettext_noop("Both speak of: %(concepts)s."),
    "neighbours": gettext_noop("The one is about %(own)s, the other about %(other)s, which is close to it."),
    "shared-words": gettext_noop("Words that both use: “%(words)s”."),
}


def reason_sentence(locale: Locale, kind: str, concepts: Mapping[str, Sequence[str]], words: Sequence[str] = ()) -> str:
    """The reason in a sentence, with the labels of its concepts in the language.

    >>> from lawcompare.engine.wording.locale import ENGLISH
    >>> reason_sentence(ENGLISH, "shared-words", {}, ["malware", "botnet"])
    'Words that both use: “malware, botnet”.'
    """
    known, language = load_thesaurus().concepts, "km" if locale.language() == "km" else "en"
    values = {
        key: ", ".join(known[name].labels[language] for name in names if name in known)
        for key, names in concepts.items()
    }
    return locale.gettext(SENTENCES[kind]) % (values | {"words": ", ".join(words)})
