from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from lawcompare.accounts import views
from lawcompare.accounts.sign_in import (
    ActivateApp,
    AddPasskey,
    AuthenticateSignIn,
    SignInByPasskey,
    passed,
    refuse_unreadable_answer,
)

FACTOR = "accounts/second-factor"

# Of allauth's pages those that are used here, each with a template of ours; the names are allauth's own.
urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.signup, name="account_signup"),  # says that it is by invitation
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", passed(account.password_change), name="account_change_password"),
    path("accounts/password/set/", passed(account.password_set), name="account_set_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z_-]{32}|UID)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("accounts/email/", passed(views.change_address), name="account_email"),
    path("accounts/email/<str:key>/", views.confirm_address, name="account_confirm_email"),
    path(f"{FACTOR}/", factor.index, name="mfa_index"),
    path(f"{FACTOR}/authenticate/", AuthenticateSignIn.as_view(), name="mfa_authenticate"),
    path(f"{FACTOR}/reauthenticate/", factor.reauthenticate, name="mfa_reauthenticate"),
    path(f"{FACTOR}/app/set-up/", passed(ActivateApp.as_view()), name="mfa_activate_totp"),
    path(f"{FACTOR}/app/remove/", passed(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(f"{FACTOR}/codes/", passed(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(f"{FACTOR}/codes/make/", passed(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(f"{FACTOR}/codes/download/", passed(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path(f"{FACTOR}/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path(
        f"{FACTOR}/passkeys/add/",
        passed(refuse_unreadable_answer(AddPasskey.as_view())),
        name="mfa_add_webauthn",
    ),
    path(f"{FACTOR}/passkeys/sign-in/", refuse_unreadable_answer(SignInByPasskey.as_view()), name="mfa_login_webauthn"),
    path(
        f"{FACTOR}/passkeys/reauthenticate/",
        refuse_unreadable_answer(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(f"{FACTOR}/passkeys/<authenticator:pk>/edit/", passed(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(f"{FACTOR}/passkeys/<authenticator:pk>/remove/", passed(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/act-for/", views.choose_organisation, name="act_for"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/sessions/<session:pk>/end/", passed(views.end_session, back="sessions"), name="session_end"),
    path(
        "accounts/sessions/end-others/", passed(views.end_other_sessions, back="sessions"), name="sessions_end_others"
    ),
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/edit/", views.edit, name="organisation_edit"),
    path("organisation/invite/", views.invite, name="organisation_invite"),
    path("organisation/invitations/<invitation:pk>/withdraw/", views.withdraw, name="invitation_withdraw"),
    path("organisation/members/<membership:pk>/role/", views.change_role, name="member_role"),
    path("organisation/members/<membership:pk>/remove/", views.remove, name="member_remove"),
    path("organisation/members/<membership:pk>/second-factor/", views.reset_second_factor, name="member_second_factor"),
    path("invitation/<slug:token>/", views.invitation, name="invitation"),
]
