"""The tables of the app; each stands with what it is for."""

from lawcompare.sharing.emails.models import Choice, EmailKind, Follower, FollowerQuerySet, Notice, Pace
from lawcompare.sharing.guests.models import GuestLink, GuestOpening

__all__ = ["Choice", "EmailKind", "Follower", "FollowerQuerySet", "GuestLink", "GuestOpening", "Notice", "Pace"]
