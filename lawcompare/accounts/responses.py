"""Responses that several apps give: a row that is not there, a method that is not allowed, too many requests."""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial, wraps
from itertools import chain
from threading import RLock, local
from time import perf_counter, thread_time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.handlers.exception import response_for_exception
from django.db import DataError, OperationalError, connection
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import VISITOR
from lawcompare.accounts.rate_limits import DAY, allow, network_of, pseudonym
from lawcompare.core.answer_limits import AnswerEnded, AnswerLimits, holding
from lawcompare.engine.document import longest_run
from lawcompare.engine.text.words import TAKEN_OUT

View = Callable[..., HttpResponse]
NUMERIC_VALUE_OUT_OF_RANGE = "22003"  # of PostgreSQL's codes of errors


def methods(*names: str) -> Callable[[View], View]:
    """Returns the decorator ``require_http_methods`` for these methods: ``@methods("GET", "POST")``."""
    return require_http_methods(list(names))


def signed_in(*names: str) -> Callable[[View], View]:
    """Returns the decorator of a view that answers these methods, HEAD as GET, and leads visitors to the sign-in."""
    answers = methods("GET", "HEAD", *names[1:]) if names[0] == "GET" else methods(*names)
    return lambda view: answers(login_required(view))


def makes_public(view: View) -> View:
    """Decorates the view of a signed-in person that changes what readers see, by which kept pages are made anew: so
    many presses of an organisation in an hour, whatever each is about. None counts of who may not, or that fails. What
    takes something from readers for good is never refused: it may have to go at once.
    """

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = membership_of(request.user) if request.method == "POST" else None
        most = settings.PUBLICATIONS_PER_HOUR
        who = f"organisation-{own.organisation_id}" if own else ""
        if who and not allow(who, "publication", most - 1, uses=0):
            sentence = _("Your organisation has changed as much as it may within an hour. Go on a little later.")
            return render(request, "site/problem.html", {"sentence": sentence, "status": 429}, status=429)
        response = view(request, *args, **kwargs)
        if who and response.status_code < 400:
            allow(who, "publication", most)
        return response

    return counted


LONG_SECONDS = 1
# Where a process says that it lives; if that waited for the cache, it would be taken for dead when the cache is.
LIVENESS = "/healthz"
# Answers known to take long that an organisation or network has under way in a process: other threads are for others.
LONG_AT_ONCE = 2
# Seconds that this thread waited for its answer: ``seconds`` in all, for processes, its turn and the database, and
# ``database`` of these for the database.
waited = local()
# An answer that waited so long for the database takes long: more than others, since it waits for what others ask too.
DATABASE_SECONDS = 3
# After so many it ends (503).
DATABASE_SECONDS_MAX = 20


def add_wait(seconds: float) -> None:
    """Count what an answer waited for a process of its own, or for its turn."""
    waited.seconds = getattr(waited, "seconds", 0.0) + seconds


def may_take_long(request: HttpRequest) -> bool:
    """Whether the organisation, or network of visitors, has time left this hour for answers that take long."""
    return allow(_whose(request), "long", settings.LONG_SECONDS_PER_HOUR - 1, uses=0)


def has_place(request: HttpRequest) -> bool:
    """Whether what is known to take long may be made now: it takes a place of those of an organisation or network."""
    take: Callable[[], bool] = getattr(request, "take_place", lambda: True)
    return take()


def _whose(request: HttpRequest) -> HttpRequest | str:
    # A page that was kept is sent before it is asked who reads.
    own = membership_of(getattr(request, "user", VISITOR))
    return f"organisation-{own.organisation_id}" if own else request


def _long_key(request: HttpRequest) -> str:
    """The key under which it is kept that an address takes long: one for each organisation, since what it keeps to
    itself may be why. Of its members all addresses of the kind do: with each note they make they have a new one.
    """
    who: Any = _whose(request)
    match, address = getattr(request, "resolver_match", None), request.path
    if not isinstance(who, str):
        who = getattr(request, "user", VISITOR).pk
    elif match:
        address = match.view_name
    return f"long-{pseudonym(f'{who} {address}')}"


# The ends of addresses whose forms end something, which may have to go at once, or that an open page sends by itself.
NOT_COUNTED = ("/logout/", "/withdraw/", "/end/", "/remove/", "/here/")


class LongAnswers:
    """Middleware that gives each organisation, and each network of visitors, so much time for answers that take long.

    Counted are processor seconds of answers that took more than ``LONG_SECONDS``, whatever made them long, other
    middleware too, and those that they waited for a process of their own, for their turn (``add_wait``), or for
    PostgreSQL (``DATABASE_SECONDS``). Who had more is refused such addresses alone, for an hour, so that nobody loses
    the others, nor does who shares the network. A page that turns out to be long for PostgreSQL ends (503) where they
    have as many under way as they may; so does one that takes long of the processor, or much memory (``AnswerLimits``).

    A person's forms are counted too: most of what they say is kept for ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.under_way: Counter[str] = Counter()
        self.lock = RLock()
        self.limits = AnswerLimits()
        self.key = secrets.token_bytes(32)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        waited.seconds, waited.database, begun = 0.0, 0.0, thread_time()
        if request.path == LIVENESS:
            request.is_read_once = True  # type: ignore[attr-defined]  # no cache is asked for it
        try:
            counted = connection.execute_wrapper(partial(self._wait, request))
            with counted if connection.vendor == "postgresql" else nullcontext():
                response = self._within_limits(request)
        finally:
            if who := getattr(request, "has_place_of", None):
                with self.lock:
                    self.under_way[who] -= 1
                    self.under_way = +self.under_way
        seconds = thread_time() - begun + waited.seconds
        is_long = seconds - waited.database > LONG_SECONDS or waited.database > DATABASE_SECONDS
        if is_long and not getattr(request, "is_read_once", False):  # the mirror reads all there is
            cache.set(_long_key(request), True, DAY)
            allow(_whose(request), "long", settings.LONG_SECONDS_PER_HOUR, uses=round(seconds))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(request, "is_read_once", False):
            return None
        request.whose = _whose(request)  # type: ignore[attr-defined]
        request.take_place = partial(self._has_place, request)  # type: ignore[attr-defined]
        # Before it is read: parts of it without a name, which nothing limits, took half a second a megabyte.
        sent = number_of(request.META.get("CONTENT_LENGTH") or "0")
        if sent is None or sent > LONG_FORM:
            if not getattr(view, "takes_long_forms", False):
                sentence = _("That is too much for one form. Send a long text as a file.")
                return render(request, "site/problem.html", {"sentence": sentence, "status": 413}, status=413)
            if not may_take_long(request):
                return too_many(request)
            if not self._has_place(request):
                sentence = _("Another large file is being stored or opened. Try again in a minute.")
                return render(request, "site/problem.html", {"sentence": sentence, "status": 429}, status=429)
        is_form = request.method == "POST" and request.user.is_authenticated
        if is_form and not (request.path.endswith(NOT_COUNTED) or allow(request, "form", settings.FORMS_PER_HOUR)):
            return too_many(request)
        if not cache.get(_long_key(request)) or (may_take_long(request) and self._has_place(request)):
            return None
        sentence = _("Pages that take long to make were asked for too often from here. Try again later.")
        return render(request, "site/problem.html", {"sentence": sentence, "status": 429}, status=429)

    def _within_limits(self, request: HttpRequest) -> HttpResponse:
        if getattr(request, "is_read_once", False):
            return self.get_response(request)
        try:
            try:
                self.limits.enter(lambda: not hasattr(request, "whose") or self._has_place(request))
                return self.get_response(request)
            finally:
                self.limits.leave()
        except AnswerEnded:
            self.limits.leave()
            if not connection.in_atomic_block:  # it may be in the middle of an answer of the database
                connection.close()
            try:
                raise OperationalError("this answer has had its time of the processor") from None
            except OperationalError as error:
                return response_for_exception(request, error)

    def _wait(self, request: HttpRequest, execute: Callable[..., Any], *query: Any) -> Any:
        """Executes a query and counts the time. Raises ``OperationalError`` for an answer that had its time, or that
        finds no place among those that take long.
        """
        if waited.database > DATABASE_SECONDS_MAX:
            raise OperationalError("this answer has had its time of the database")
        is_page = request.method in ("GET", "HEAD") and hasattr(request, "whose")
        if waited.database > DATABASE_SECONDS and is_page and not self._has_place(request):
            raise OperationalError("others of the same organisation or network take long")
        begun = perf_counter()
        try:
            return execute(*query)
        finally:
            took = perf_counter() - begun
            waited.seconds, waited.database = waited.seconds + took, waited.database + took

    def _has_place(self, request: HttpRequest) -> bool:
        who: Any = request.whose  # type: ignore[attr-defined]
        if not isinstance(who, str):  # known under a name that this process alone makes, which waits for no cache
            who = hashlib.blake2b(network_of(request).encode(), key=self.key, digest_size=16).hexdigest()
        return holding(self.lock, partial(self._take_place, request, who))

    def _take_place(self, request: HttpRequest, who: str) -> bool:
        if hasattr(request, "has_place_of"):
            return True
        if self.under_way[who] >= LONG_AT_ONCE:
            return False
        request.has_place_of = who  # type: ignore[attr-defined]
        self.under_way[who] += 1
        return True


class KnownMethods:
    """Middleware that answers PUT, PATCH and DELETE with 405, also where a package's view would accept them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "POST", "OPTIONS"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])
        return self.get_response(request)


# Bytes of the longest form of a visitor: a notice has 5,000 letters, each up to nine bytes.
VISITORS_FORM_MAX = 200_000
# Bytes from which on a form is long, which few pages take (``takes_long_forms``): a clause has 100,000 letters.
LONG_FORM = 1_000_000


def takes_long_forms(view: View) -> View:
    """Decorates the view of a form with files, a whole memo or clause, which alone may be longer: two at once."""
    view.takes_long_forms = True  # type: ignore[attr-defined]
    return view


class VisitorsForms:
    """Middleware that refuses longer forms of visitors before anything of them is read: to read 12 MB took 320 MB of
    memory.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = number_of(request.META.get("CONTENT_LENGTH") or "0")
        if (sent is None or sent > VISITORS_FORM_MAX) and not request.user.is_authenticated:
            sentence = _("That is too much to send without being signed in. Sign in, and send it again.")
            return render(request, "site/problem.html", {"sentence": sentence, "status": 413}, status=413)
        return self.get_response(request)


# Characters of a word, or of a row of signs, in a form: what looks for something in words takes the square of their
# length. An address that a person types has 500; those of pages, and what a device signs, are read by nothing else.
WORD_MAX = 1_000
OF_ANY_LENGTH = {"back", "next", "credential"}


class TypedWords:
    """Middleware for what nobody means to type: a null character, a number beyond what a database counts to, and a
    word longer than any text has.

    A null character in an address stands for one that nothing contains; a form that holds one is refused, and so is
    an address with such a number. Marks that turn the direction of writing, and signs that no XML has, are taken out;
    the two signs with which browsers end a line are one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "\ufffd")
        if "%00" in request.META.get("QUERY_STRING", ""):
            asked = request.GET.copy()
            for name, values in list(asked.lists()):
                asked.setlist(name, [value.replace("\x00", "\ufffd") for value in values])
            request.GET = asked  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST":
            return None
        typed = request.POST.copy()
        values = list(chain.from_iterable(values for _name, values in typed.lists()))
        if any("\x00" in value for value in values):
            context = {"sentence": _("Null characters are not allowed."), "status": 400}
            return render(request, "site/problem.html", context, status=400)
        words = chain.from_iterable(each for name, each in typed.lists() if name not in OF_ANY_LENGTH)
        if any(longest_run(value) > WORD_MAX for value in words):
            sentence = _("A word, or row of signs, in the form is longer than %(number)s characters.")
            context = {"sentence": sentence % {"number": WORD_MAX}, "status": 400}
            return render(request, "site/problem.html", context, status=400)
        for name, each in list(typed.lists()):
            lines = (value.replace("\r\n", "\n").replace("\r", "\n") for value in each)
            typed.setlist(name, [TAKEN_OUT.sub("", value) for value in lines])
        request.POST = typed  # type: ignore[assignment]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not _is_out_of_range(exception):
            return None
        context = {"sentence": _("This address is not valid."), "status": 400}
        return render(request, "site/problem.html", context, status=400)


def _is_out_of_range(error: Exception) -> bool:
    """Whether a number of the request was larger than a column holds."""
    if isinstance(error, OverflowError):
        return "SQLite" in str(error)
    return isinstance(error, DataError) and getattr(error.__cause__, "pgcode", "") == NUMERIC_VALUE_OUT_OF_RANGE


def first_or_404[Row: Model](rows: QuerySet[Row], sentence: str) -> Row:
    """Returns the first of the rows. Raises ``Http404`` with the sentence where there is none."""
    row = rows.first()
    if row is None:
        raise Http404(sentence)
    return row


def number_of(typed: str) -> int | None:
    """Returns the whole number that stands in an address or form; None for anything else and for ten digits or more."""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def site_address(request: HttpRequest) -> str:
    """Returns scheme and host for the links of an e-mail.

    Django checks the host of a request, and not the port behind it, which anybody may make up: behind HTTPS there is
    none in an e-mail, unless the site's own settings name it (``CSRF_TRUSTED_ORIGINS``).
    """
    address = f"{request.scheme}://{request.get_host()}"
    if not settings.HTTPS or address in settings.CSRF_TRUSTED_ORIGINS:
        return address
    host = re.sub(r":\d*$", "", request.get_host())
    return f"{request.scheme}://{host}"


def too_many(request: HttpRequest, *args: Any) -> HttpResponse:
    """Returns the page with status 429, for what ``rate_limits.allow`` and django-allauth refuse."""
    sentence = _("Too many requests. Wait a while and try again.")
    return render(request, "site/problem.html", {"sentence": sentence, "status": 429}, status=429)


def comes_from_here(request: HttpRequest) -> bool:
    """Returns whether a form was sent from one of this site's own pages.

    Browsers send ``Sec-Fetch-Site``, older ones at least ``Origin`` with every form of another site. A request with
    neither is from no browser, so it carries no person's session.
    """
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


@contextmanager
def refused_on(form: BaseForm, field: str | None = None) -> Iterator[None]:
    """Makes what a service refuses inside it an error of the form, or of one of its fields."""
    try:
        yield
    except ValidationError as error:
        form.add_error(field, error)


def is_accepted(form: BaseForm, act: Callable[[], Any]) -> bool:
    """Acts on what a form says and returns whether that was done; what the service refuses is an error of the form."""
    with refused_on(form):
        act()
        return True
    return False


def attempt(request: HttpRequest, act: Callable[[], Any], sentence: str = "") -> bool:
    """Acts and returns whether that was done; the next page has the sentence, if any, or the reason of the refusal."""
    try:
        done = act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if sentence:
        messages.success(request, sentence_on(done, sentence))
    return True


def sentence_on(done: Any, sentence: str) -> str:
    """Returns the sentence, or that what was done waits as a proposal (``accounts.models.Proposable``)."""
    if getattr(done, "stands", True):
        return sentence
    return _("Saved as a proposal of your organisation, until the staff of this site confirm it.")
