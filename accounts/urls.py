"""Sign-in, a user's own account, and the administrator's pages of people and sites."""

from django.urls import include, path

from accounts import people, sites, views

urlpatterns = [
    path("accounts/", include("accounts.sign_in")),
    path("account/", views.account, name="account"),
    path("account/token/create/", views.token_create, name="account_token_create"),
    path("account/token/revoke/", views.token_revoke, name="account_token_revoke"),
    path("account/statement/", views.statement_page, name="statement"),
    path("account/sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/suspend/", people.person_suspend, name="person_suspend"),
    path("people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("people/<int:pk>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("people/<int:pk>/correct/", people.person_correct, name="person_correct"),
    path("people/<int:pk>/reset-factor/", people.person_reset_factor, name="person_reset_factor"),
    path("people/<int:pk>/training/", people.training_add, name="training_add"),
    path("people/sessions/<int:pk>/end/", people.session_revoke, name="session_revoke"),
    path("people/<int:pk>/reinstate/", people.person_reinstate, name="person_reinstate"),
    path("people/<int:pk>/password-link/", people.person_password_link, name="person_password_link"),
    path("people/<int:pk>/grant/", people.membership_grant, name="membership_grant"),
    path("people/memberships/<int:pk>/revoke/", people.membership_revoke, name="membership_revoke"),
    path("people/sites/", sites.site_list, name="site_list"),
    path("people/sites/add/", sites.site_add, name="site_add"),
    path("people/sites/<int:pk>/close/", sites.site_close, name="site_close"),
    path("people/sites/<int:pk>/reopen/", sites.site_reopen, name="site_reopen"),
    path("people/roles/", sites.role_list, name="role_list"),
]
