"""Typed readers of environment variables that refuse what they do not know; used by the settings and manage.py."""

import os
import secrets
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

# Any of these says which site is meant: the last three belong to production, where all that is required must be set.
CHOOSES_THE_SITE = ("EMBEDDED", "DEBUG", "DATABASE_URL", "SECRET_KEY", "ORIGINALS_KEY")
EMBEDDED_NOTICE = (
    "Using the embedded site of this machine, as `make run` does: neither DATABASE_URL nor SECRET_KEY is set."
)


def embed_unless_configured(env_file: Path) -> None:
    """Set ``EMBEDDED=1``, with a notice on standard error, unless the environment or ``env_file`` chooses a site.

    For manage.py alone, typed by a person: a server that is started without its environment must refuse, not come up
    with an empty database.
    """
    load_env_file(env_file)
    if not os.environ.keys() & set(CHOOSES_THE_SITE):
        os.environ["EMBEDDED"] = "1"
        print(EMBEDDED_NOTICE, file=sys.stderr)  # noqa: T201


def load_env_file(path: Path) -> None:
    """Take ``NAME=value`` lines of a file as defaults; what is set in the environment wins.

    Raises ``ImproperlyConfigured`` with the number of a line that is neither that, nor empty, nor a comment.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise ImproperlyConfigured(f"{path.name} line {number}: expected NAME=value")
        os.environ.setdefault(name.strip(), value.strip().strip('"'))


def envstr(name: str, default: str = "") -> str:
    """The variable as it is written, or ``default`` where it is not set."""
    return os.environ.get(name, default)


def envbool(name: str, default: bool = False) -> bool:
    """The variable as true or false. Raises ``ImproperlyConfigured`` for any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")


def envint(name: str, default: int) -> int:
    """The variable as a whole number. Raises ``ImproperlyConfigured`` for anything else."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from None


def envlist(name: str, default: str = "") -> list[str]:
    """The items of a variable that are separated by commas, without spaces around them and without empty ones."""
    return [item.strip() for item in envstr(name, default).split(",") if item.strip()]


def envchoice(name: str, choices: set[str], default: str) -> str:
    """The variable where it is one of ``choices``. Raises ``ImproperlyConfigured`` where it is not."""
    value = envstr(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(choices))}, not {value!r}")
    return value


def envsecret(name: str, kept_in: Path | None) -> str:
    """A secret from the environment; else, where ``kept_in`` is given, the one in that file, generated at first use.

    Raises ``ImproperlyConfigured`` where there is neither.
    """
    value = os.environ.get(name)
    if value:
        return value
    if kept_in is None:
        raise ImproperlyConfigured(f"{name} must be set: it has no default in production")
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        kept_in.touch(mode=0o600)
        kept_in.write_text(secrets.token_urlsafe(50), "utf-8")
    return kept_in.read_text("utf-8").strip()
