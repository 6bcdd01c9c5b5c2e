"""Typed readers of environment variables that refuse what they do not know; used by the settings and manage.py.

Any variable ``NAME`` may instead stand in a file, which other processes cannot read as they can an environment:
``NAME_FILE`` is its path, or systemd hands it over as the credential ``NAME`` (``LoadCredential=NAME:/path``).
"""

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
    if all(_lookup(name) is None for name in CHOOSES_THE_SITE):
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


def _lookup(name: str) -> str | None:
    """The value of a variable, wherever it is set. Raises ``ImproperlyConfigured`` for a file that cannot be read."""
    path = os.environ.get(f"{name}_FILE")
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if path and os.environ.get(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: which of them counts?")
    if path:
        return _read_value(name, Path(path))
    if name in os.environ:
        return os.environ[name]
    if credentials and (Path(credentials) / name).is_file():
        return _read_value(name, Path(credentials) / name)
    return None


def _read_value(name: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ImproperlyConfigured(f"the file of {name}, {path}, cannot be read: {reason}") from None


def envstr(name: str, default: str = "") -> str:
    """The variable as it is written, or ``default`` where it is not set."""
    value = _lookup(name)
    return default if value is None else value


def envbool(name: str, default: bool = False) -> bool:
    """The variable as true or false. Raises ``ImproperlyConfigured`` for any other word."""
    value = _lookup(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")


def envint(name: str, default: int) -> int:
    """The variable as a whole number. Raises ``ImproperlyConfigured`` for anything else."""
    value = _lookup(name)
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
    """A secret from the environment or its file; else the one in the file ``kept_in``, generated at first use.

    Raises ``ImproperlyConfigured`` where there is neither.
    """
    value = _lookup(name)
    if value:
        return value
    if kept_in is None:
        raise ImproperlyConfigured(f"{name} must be set: it has no default in production")
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        kept_in.touch(mode=0o600)
        kept_in.write_text(secrets.token_urlsafe(50), "utf-8")
    return kept_in.read_text("utf-8").strip()
