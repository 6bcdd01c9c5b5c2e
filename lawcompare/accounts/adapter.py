"""allauth's hooks: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
