"""How a user comes, stays and goes: training, statement, sessions, the end. Each verb is one transaction by `by`."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import statement
from accounts.actor import Actor, acting
from accounts.keeping import Acceptance, Session, SignIn
from accounts.models import ApiToken, Membership, User
from accounts.services import record_training, revoke_membership, suspend_user

LEAVER = "left: "


def accept_statement(*, user: User, version: str, by: Actor) -> None:
    """Of the text as the user read it. Refused for another's name, without training, and once the text is another."""
    if by.user_id != user.pk:
        raise ValidationError("Nobody accepts the statement for somebody else.")
    if version != statement.version():
        raise ValidationError("The statement has changed meanwhile. Read it again.")
    if not user.trainings.exists():
        raise ValidationError("No training is recorded yet: say which one you had.")
    with acting(by, reason="statement of accountability accepted", waits=False):
        Acceptance.objects.create(user=user, version=version, text=statement.text(), printed_name=user.printed_name)
        User.objects.filter(pk=user.pk).update(statement_version=version)
    user.statement_version = version


def standing_of(user: User) -> dict[str, object]:
    """The user's trainings, when the statement was signed last, whether that was its text of now, and the leaving."""
    last = user.acceptances.last()
    return {
        "trainings": user.trainings.all(),
        "statement_signed_at": last.accepted_at if last else None,
        "statement_is_current": user.statement_version == statement.version(),
        "left_at": user.left_at,
    }


def admit(*, user: User, course: str, by: Actor) -> None:
    """Training of today and the statement at once, for the invented people of a training installation alone."""
    if settings.ENVIRONMENT == "production":
        return
    with acting(by, reason="training installation", waits=False):
        if not user.trainings.exists():
            record_training(user=user, course=course, held_on=timezone.localdate(), by=by)
        Acceptance.objects.create(
            user=user, version=statement.version(), text=statement.text(), printed_name=user.printed_name
        )
        User.objects.filter(pk=user.pk).update(statement_version=statement.version())


def leave(*, user: User, by: Actor, reason: str) -> None:
    """For good: every role ends, no sign-in, no token, no session. The name stays on what was done."""
    with acting(by, reason=LEAVER + reason, waits=False):
        suspend_user(user=user, by=by, reason=LEAVER + reason)
        for held in Membership.objects.filter(user=user, ended_at=None).select_related("user"):
            revoke_membership(membership=held, by=by, reason=LEAVER + reason)
        User.objects.filter(pk=user.pk).update(left_at=Now())
        end_sessions(SignIn.objects.filter(user=user))
    user.refresh_from_db()


def end_session(*, sign_in: SignIn, by: Actor, reason: str) -> None:
    """The user is signed out there, at the next click."""
    with acting(by, reason=reason, waits=False):
        User.objects.filter(pk=sign_in.user_id).update(sessions_ended_at=Now())
        end_sessions(SignIn.objects.filter(pk=sign_in.pk))


def end_all_sessions(*, user: User, by: Actor, reason: str) -> None:
    """Those too that no list shows: what sessions are bound to changes."""
    with acting(by, reason=reason, waits=False):
        User.objects.filter(pk=user.pk).update(sessions_ended_at=Now(), session_epoch=F("session_epoch") + 1)
        end_sessions(SignIn.objects.filter(user=user))


def end_other_ways_in(user: User, *, than: str) -> None:
    """Every session but the one that is kept by this key, and the token for the API."""
    ApiToken.objects.filter(user=user).delete()
    end_sessions(SignIn.objects.filter(user=user).exclude(session_key=than))


def end_all_access(*, by: Actor, reason: str) -> None:
    """Every session, token and password link of everybody. After a restore they are back as they were, those too that
    were ended since: whoever holds one must not be let in by it."""
    with acting(by, reason=reason, waits=False):
        User.objects.update(sessions_ended_at=Now(), session_epoch=F("session_epoch") + 1)
        # A link holds for the moment it was issued at alone.
        User.objects.exclude(password_link_issued_at=None).update(password_link_issued_at=Now())
        ApiToken.objects.all().delete()
        Session.objects.all().delete()
        SignIn.objects.all().delete()


def of_sessions(user: User) -> QuerySet[SignIn]:
    """Where the user is signed in now, the newest first: nowhere while suspended, for no session is good then."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=Now())
    young = timezone.now() - settings.LONGEST_SESSION
    return SignIn.objects.filter(Exists(alive), user=user, user__is_active=True, at__gt=young).order_by("-at")


def end_sessions(sessions: QuerySet[SignIn]) -> None:
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
