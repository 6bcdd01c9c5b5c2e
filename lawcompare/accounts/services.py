"""What an administrator does to people and organisations."""

from django.db import transaction

from lawcompare.accounts.models import Membership, Organisation, Role, User


@transaction.atomic
def add_member(email: str, organisation: Organisation, role: str = Role.MEMBER) -> tuple[User, bool]:
    """Make the person (without a usable password) if they are new, and set their role. Returns (person, is new)."""
    user = User.objects.filter(email__iexact=email).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email)
    Membership.objects.update_or_create(user=user, organisation=organisation, defaults={"role": role})
    return user, is_new
