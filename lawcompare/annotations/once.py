"""A form that is sent twice makes one thing: a second click, a reload, a browser that tries again on a bad line.

Without a cookie or a token in the page: a thing gets its name from who wrote what. The same words under the same name
within minutes are the same thing, and of two requests at once the unique name lets one write.
"""

import base64
import json
from datetime import timedelta
from typing import Any

from django.utils.crypto import salted_hmac

# The same words said again later are meant as something new.
SAME_WITHIN = timedelta(minutes=10)


def slug_of(kind: str, *parts: Any) -> str:
    """Returns a name that nobody guesses (72 bits under the site's key) and that is the same for the same parts."""
    form_values = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    digest = salted_hmac(f"lawcompare.annotations.{kind}", form_values, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:9]).decode().replace("_", "x").replace("-", "y")
