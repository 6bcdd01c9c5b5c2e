"""What provisions of a law are called in a sentence, and why an act is not carried out on one at all."""

from lawcompare.engine.wording import gettext_noop

# The context under which the levels of a law are translated.
LEVEL = "level of a law"
DEFINITION = gettext_noop("definition “%(word)s”")
RUN = gettext_noop("%(first)s to %(last)s")
SENTENCE = gettext_noop("sentence %(number)s")
LAST_SENTENCE = gettext_noop("the last sentence")
LAW = gettext_noop("the law")
PARTS = {
    "heading-before": gettext_noop("the heading before it"),
    "table": gettext_noop("table of sections"),
    "definitions": gettext_noop("a list of definitions"),
    "before": gettext_noop("what stands before %(edge)s"),
    "after": gettext_noop("what stands after %(edge)s"),
}

NO_INSTRUCTION, OTHER_LAWS, TOO_MUCH = "no-instruction", "other-laws", "too-much"
AMEND_ERRORS = {
    NO_INSTRUCTION: gettext_noop(
        "no amending instruction was found: this act amends no law, or in words that are not known"
    ),
    OTHER_LAWS: gettext_noop("this act amends %(laws)s, which the base is not"),
    TOO_MUCH: gettext_noop("this act changes too much of this text at once: divide it, and carry it out in parts"),
}
