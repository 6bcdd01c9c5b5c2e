from allauth.account import views as account
from django.urls import include, path, re_path

from lawcompare.accounts import addresses, administering, joining, views

# Of allauth's pages those that are used here, each with a template of ours; the names are allauth's own.
urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("accounts/email/", addresses.change, name="account_email"),
    path("accounts/email/<str:key>/", addresses.confirm, name="account_confirm_email"),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/act-for/", views.act_for, name="act_for"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/sessions/<int:pk>/end/", views.end_session, name="session_end"),
    path("accounts/sessions/end-others/", views.end_other_sessions, name="sessions_end_others"),
    path("organisation/", administering.organisation, name="organisation"),
    path("organisation/edit/", administering.edit, name="organisation_edit"),
    path("organisation/invite/", administering.invite, name="organisation_invite"),
    path("organisation/invitations/<int:pk>/withdraw/", administering.withdraw, name="invitation_withdraw"),
    path("organisation/members/<int:pk>/role/", administering.change_role, name="member_role"),
    path("organisation/members/<int:pk>/remove/", administering.remove, name="member_remove"),
    path("invitation/<slug:token>/", joining.invitation, name="invitation"),
]
