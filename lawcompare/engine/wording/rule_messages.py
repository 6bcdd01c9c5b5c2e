# ruff: noqa: E501 (a sentence stands on one line, as the rules have it)
"""The questions and answers of the rule files, marked for ``makemessages``, which does not read YAML.

A test holds these lists to the files. Nothing is looked up here.
"""

from lawcompare.engine.wording.locale import gettext_noop

QUESTIONS = (
    gettext_noop("“%(words)s” has its smallest above its largest: which is meant?"),
    gettext_noop("“%(words)s”: is a judge’s order needed, and on what grounds is it given?"),
    gettext_noop("“%(words)s”: does a court decide, and can the person affected ask for a review?"),
    gettext_noop("“%(words)s” takes in nearly anybody: are cafés, employers, schools and private persons meant?"),
    gettext_noop("“%(words)s”: by whose order, and what of the right not to incriminate oneself?"),
    gettext_noop(
        "“%(words)s” makes an offence of what is said: does it belong in a law on cybercrime, and is it not dealt with elsewhere?"
    ),
    gettext_noop(
        "“%(words)s” leaves open who decides and by what test: can a person tell in advance what is forbidden?"
    ),
    gettext_noop("“%(words)s” does not seem to say what is meant: is it a slip of the draft or of its translation?"),
    gettext_noop("“%(words)s”: is a tool for testing or protecting a system punished too?"),
    gettext_noop("“%(words)s”: must a provider watch its users, and when is it free of liability?"),
    gettext_noop("“%(words)s”: which exceptions does such an offence have elsewhere, and why not here?"),
    gettext_noop("“%(words)s”: who outside the executive watches over this body?"),
    gettext_noop("“%(words)s”: must the speaker know that it is false, and must concrete harm follow?"),
    gettext_noop("“%(words)s”: does this offence ask for no intent and no knowledge at all?"),
    gettext_noop("A prison term of at least %(least)s: may a judge not go lower in the lightest case?"),
    gettext_noop("“%(words)s” is protected for itself: which person is harmed, and how?"),
    gettext_noop(
        "“%(words)s” has no defence or exception in what is known of it: what of research, journalism, warning the public or truth?"
    ),
    gettext_noop(
        "The words that make this an offence, “%(words)s”, name no intent and no knowledge: is an act by accident meant to be punished?"
    ),
    gettext_noop("“%(words)s” gives a power and names no judge, no grounds and no time: what limits it?"),
    gettext_noop(
        "“%(words)s” says one number in digits and another in words, or groups its digits oddly: which is meant?"
    ),
    gettext_noop("“%(words)s”: what links an act abroad to this country, and must it be an offence there too?"),
    gettext_noop("“%(words)s”: for which crimes, by whose order and for how long?"),
    gettext_noop("“%(words)s”: is a person who shares or forwards what another wrote punished as its author?"),
    gettext_noop("“%(words)s” keeps the data of every user: would preserving the data of one case on request not do?"),
    gettext_noop("“%(words)s”: are art, medicine, education and news outside it?"),
    gettext_noop("“%(words)s” protects public bodies or officials: is criticism of them an offence?"),
    gettext_noop("“%(words)s” is not defined in what is known of this text: what falls under it?"),
    gettext_noop("“%(words)s” is the harm that must follow: how great must it be, and who is to show it?"),
    gettext_noop(
        "“%(words)s” describes conduct by the feeling it may cause and not by what is done: what is forbidden exactly?"
    ),
)

ANSWERS = (
    gettext_noop("The range as it was meant."),
    gettext_noop(
        "An order of a judge before the measure, on stated grounds; for urgent cases, a judge’s review within a set time."
    ),
    gettext_noop("An order of a court, limited to what is necessary, with notice and a review."),
    gettext_noop(
        "A definition by the business of giving the service to the public, with private and incidental service left out."
    ),
    gettext_noop("An order of a judge for named data, and an exception for the person suspected."),
    gettext_noop(
        "Leaving the offence to the general criminal code and its defences, so that speech is not punished more for being online."
    ),
    gettext_noop(
        "Words that describe the act itself and its actual effect, and a court that decides whether it occurred."
    ),
    gettext_noop("The words that were meant, and a check of this clause against the text it was taken from."),
    gettext_noop(
        "Intent that the tool be used to commit an offence, and an exception for authorised testing and protection."
    ),
    gettext_noop("No general duty to monitor; liability only after an order of a court or clear notice."),
    gettext_noop(
        "The exceptions usual in such a clause: consent, running the service, protecting it, and lawful authority."
    ),
    gettext_noop("Supervision by a court, by parliament or by an independent body, with public reports."),
    gettext_noop(
        "Knowledge of falsity, intent to cause a named and serious harm, and proof that it was caused or imminent."
    ),
    gettext_noop("A word such as “intentionally” or “knowingly” for each element."),
    gettext_noop("A maximum alone, with a fine or another measure for the light case."),
    gettext_noop("A concrete harm to a person, above all to a child, in place of values or feelings of society."),
    gettext_noop(
        "A defence of truth, of good faith and of the public interest; for access and tools, of authorised testing."
    ),
    gettext_noop(
        "A word such as “intentionally” or “knowingly” for each element, or a general rule that there is no offence without intent."
    ),
    gettext_noop(
        "Supervision by a judge or another independent body, grounds for the measure, and a limit to its scope and time."
    ),
    gettext_noop("The number as it was meant, the same in digits and in words."),
    gettext_noop(
        "A list of links (an act in the country, a national, a ship), and a rule that the act be an offence where it was done."
    ),
    gettext_noop(
        "An order of a judge, for serious offences alone, for a set time, and notice to the person afterwards."
    ),
    gettext_noop(
        "Limiting the offence to the author, or to those who pass it on knowing what it is and intending its effect."
    ),
    gettext_noop(
        "Preservation of named data, on request, for one investigation and a set time, with an order for handing them over."
    ),
    gettext_noop(
        "A definition limited to children or to persons who did not consent, with exceptions for art, science and information."
    ),
    gettext_noop(
        "No special protection of the state and its officials from criticism; the law of defamation for persons, with a defence of truth."
    ),
    gettext_noop(
        "A definition in the article on definitions, or a description of the concrete harm in place of the term."
    ),
    gettext_noop("A named, serious and direct harm in place of an effect, with proof that the statement caused it."),
    gettext_noop(
        "A definition of the conduct, a threshold of harm or fear that a reasonable person would feel, and intent to cause it."
    ),
)
