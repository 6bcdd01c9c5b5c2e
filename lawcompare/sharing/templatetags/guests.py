"""Whether a page of a private text offers a link for an outsider."""

from typing import Any

from django import template

from lawcompare.accounts.access import may
from lawcompare.crosswalk.models import DraftComparison
from lawcompare.laws.models import Version
from lawcompare.sharing.guests.access import is_private

register = template.Library()


@register.simple_tag(takes_context=True)
def may_be_shown(context: Any, *versions: Version) -> bool:
    """Whether the reader may show these texts to somebody outside. Asks nothing for a visitor."""
    user = context["request"].user
    return user.is_authenticated and may(user, "import") and is_private(user, *versions)


@register.simple_tag(takes_context=True)
def draft_may_be_shown(context: Any, draft: DraftComparison) -> bool:
    """Whether the reader may show a draft comparison of their organisation to somebody outside."""
    user = context["request"].user
    return may(user, "import") and (not draft.is_published or is_private(user, draft.source, draft.target))
