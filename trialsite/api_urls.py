"""The addresses of the API. The schema and its page are for those who are signed in, as is everything else."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from accounts import api as accounts
from accounts.resource.description import Description
from activation import api as activation
from assessments.api import forms as assessments
from assessments.api import lesions as lesions_api
from assessments.api import terms as terms_api
from assessments.catalogue import CATALOGUE
from audit import api as audit
from casebook import api as casebook_api
from cohorts import api as cohorts
from endpoints import api as endpoints
from laboratory import api as laboratory
from review import api as review
from safety import api as safety
from sdv import api as sdv
from signature import api as signature
from signature import signing_api
from staff import api as staff
from trail_reviews import api as trail_reviews
from worklists import api as worklists

RESOURCES = [
    ("users", accounts.UserResource),
    ("memberships", accounts.MembershipResource),
    ("roles", accounts.RoleResource),
    ("sites", accounts.SiteResource),
    ("go-live", activation.GoLiveResource),
    ("subjects", cohorts.SubjectResource),
    ("subjects", casebook_api.EligibilityResource),
    ("subjects", endpoints.PreviewResource),
    ("visits", casebook_api.UnscheduledVisitResource),
    ("cohorts", cohorts.CohortResource),
    ("enrolments", casebook_api.EnrolmentRequestResource),
    ("forms", assessments.FormResource),
    ("forms", signature.FormShutResource),
    ("closures", signature.ClosureResource),
    ("signatures", signing_api.SignatureResource),
    *((f"forms/{code}", assessments.typed_forms(form_type)) for code, form_type in CATALOGUE.items()),
    ("lesions", lesions_api.LesionResource),
    ("reference-ranges", laboratory.ReferenceRangeResource),
    ("catalogue", casebook_api.CatalogueResource),
    ("queries", review.QueryResource),
    ("query-filters", review.QueryFilterResource),
    ("verifications", sdv.VerificationResource),
    ("monitoring-visits", sdv.MonitoringVisitResource),
    ("checks", review.CheckResource),
    ("check-runs", review.CheckRunResource),
    ("worklists", worklists.WorkResource),
    ("digests", worklists.DigestResource),
    ("serious-events", safety.SeriousEventResource),
    ("dose-levels", safety.DoseLevelResource),
    ("terms", terms_api.EventTermResource),
    ("trail", audit.TrailResource),
    ("seals", audit.SealResource),
    ("verified-wholes", audit.WholeVerifiedResource),
    ("trail-reviews", trail_reviews.TrailReviewResource),
    ("access-log", audit.AccessLogResource),
    ("files", audit.FileResource),
    ("staff", staff.StaffResource),
    ("access-reviews", staff.AccessReviewResource),
    ("outcomes", endpoints.OutcomeResource),
    ("estimates", endpoints.EstimateResource),
    ("protocol", endpoints.ProtocolResource),
]

router = SimpleRouter(use_regex_path=False)
for prefix, resource in RESOURCES:
    router.register(prefix, resource, f"api-{resource.__name__.removesuffix('Resource').lower()}")

me = accounts.MeResource.as_view({"get": "show"})
standing = accounts.MeResource.as_view({"get": "standing"})
sessions = accounts.MeResource.as_view({"get": "sessions"})
session_end = accounts.MeResource.as_view({"post": "end_session"})
protocol = endpoints.ProtocolResource.as_view({"get": "show"})
figures = endpoints.EstimateResource.as_view({"get": "figures"})
schema = Description.as_view(permission_classes=[IsAuthenticated])
page = SpectacularSwaggerSplitView.as_view(
    permission_classes=[IsAuthenticated], url_name="api-schema", template_name="api/docs.html"
)

urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", login_required(page), name="api-docs"),
    path("me/", me, name="api-me"),
    path("me/standing/", standing, name="api-standing"),
    path("me/sessions/", sessions, name="api-sessions"),
    path("me/sessions/end/", session_end, name="api-session-end"),
    path("protocol/", protocol, name="api-protocol"),
    path("estimates/<str:population>/<str:analysis_set>/", figures, name="api-figures"),
    path("", include(router.urls)),
]
