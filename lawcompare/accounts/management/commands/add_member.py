from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from lawcompare.accounts.models import Organisation, Role, User
from lawcompare.accounts.services import add_member
from lawcompare.accounts.sign_in import password_address
from lawcompare.core.log.services import record


class Command(BaseCommand):
    help = "Add a person to an organisation and print the link by which they set their password."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--organisation", required=True, help="slug; made with --name if it does not exist")
        parser.add_argument("--name", help="the organisation's name, when it is new")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER)
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="where the link leads")

    @transaction.atomic
    def handle(self, *, email, organisation, name, role, site, **options):
        try:
            validate_email(email)
            User._meta.get_field("email").run_validators(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an email address.", returncode=2) from None
        slug = slugify(organisation)
        row = Organisation.objects.filter(slug=slug).first()
        if row is None:
            if not name:
                raise CommandError(f"There is no organisation {slug!r}; give --name to make it.", returncode=2)
            row = Organisation(slug=slug, name=name)
        try:
            if row.pk is None:
                row.full_clean()
                row.save()
            user, _ = add_member(email, row, role)
        except ValidationError as refused:
            raise CommandError(refused.messages[0], returncode=2) from None
        record("add member", f"person/{user.pk}", organisation=row.slug, role=role)
        path = password_address(user)
        self.stdout.write(f"{user.email} is {role} of {row.name}. Set the password at {site}{path}")
        self.stdout.write("The link works once, and for a day.")
        if role != Role.MEMBER:
            self.stdout.write("At the first sign-in a second factor is set up; before that the person may only write.")
