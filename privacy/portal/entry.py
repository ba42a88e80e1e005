"""Coming in by a code or a link to a contact on file, and proving another contact where something matters."""

from __future__ import annotations

import msgspec
from flask import Response, current_app, redirect, request

from privacy import clock
from privacy.errors import InvalidInput
from privacy.pages import cookies
from privacy.pages.blueprint import NEXT, OPEN, SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.redirects import safe_path
from privacy.pages.rendering import done, render
from privacy.portal.blueprint import portal
from privacy.portal.gate import current_person, known_person, let_in
from privacy.programme.types import ContactKind
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Asking, Redeemed

#: Where the application keeps what the settings say of the accounts' provider; None where nothing is set.
OIDC = "privacy_portal_oidc"
_HOME = "portal.choices"
_PREFIX = "/portal"
#: Where somebody wanted to go before they were asked to come in: kept until they are in.
_WANTED = "wanted"
_FEW_MINUTES = 1_800
portal.says_after(
    {
        "sent": lazy_gettext("We have written it down. If we know this address, a message is on its way."),
        "not-signed-in": lazy_gettext("You were not signed in. Try again, or come in by a code."),
        "proven": lazy_gettext("Thank you. For the next ten minutes you may go on."),
    }
)


class _Contact(msgspec.Struct, forbid_unknown_fields=True):
    contact: str = ""


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    code: str = ""


class _Ticket(msgspec.Struct, forbid_unknown_fields=True):
    ticket: str = ""


class _Another(msgspec.Struct, forbid_unknown_fields=True):
    contact: str = ""


@portal.page("/enter", guard=OPEN)
def enter() -> Response:
    """Where to come in: an e-mail address or a phone number is asked for."""
    wish(request.args.get(NEXT))
    cookies.visitor()
    return _asked()


def _asked(errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    by_account = current_app.extensions.get(OIDC) is not None
    return render("portal/enter.html", status, errors=errors, by_account=by_account)


@portal.form("/enter", guard=OPEN, again=_asked)
def ask_for_code() -> Response:
    """Ask for a code. The answer is the same for everybody."""
    given = read_form(_Contact).contact
    kind = ContactKind.EMAIL if "@" in given else ContactKind.PHONE
    try:
        selfservice.ask(kind, given, _asking())
    except InvalidInput as error:
        raise _of_the_field(error) from None
    except selfservice.TooManyAskings:
        return _asked(FormErrors({"body": [str(_WAIT)]}), 429)
    return done("portal.code", "sent")


@portal.page("/enter/code", guard=OPEN)
def code() -> Response:
    """Where the code is typed."""
    return _code_page()


@portal.form("/enter/code", guard=OPEN)
def give_code() -> Response:
    """Come in by a code. A wrong one is counted, so this answers and raises nothing."""
    redeemed = selfservice.redeem_code(cookies.visitor(), read_form(_Code).code, known_person())
    if redeemed is None:
        return _code_page(FormErrors({"code": [str(_WRONG)]}), 422)
    return _inside(redeemed)


@portal.page("/enter/link", guard=OPEN)
def link() -> Response:
    """The page of the link in a letter. Its ticket stands behind `#`: only a script of ours sees it, and sends it."""
    return render("portal/link.html", refused=False)


@portal.form("/enter/link", guard=OPEN)
def follow_link() -> Response:
    """Come in by a link in the browser that asked; in another one nothing happens, and the code is to be typed."""
    redeemed = selfservice.redeem_ticket(cookies.visitor(), read_form(_Ticket).ticket, known_person())
    if redeemed is None:
        return render("portal/link.html", 422, refused=True)
    return _inside(redeemed)


@portal.page("/prove-again", guard=SIGNED_IN)
def prove_again() -> Response:
    """Choose another contact of one's own to prove, where something matters."""
    wish(request.args.get(NEXT))
    return _choose()


def _choose(errors: FormErrors = NO_ERRORS) -> Response:
    contacts = selfservice.provable(current_person(), clock.micros())
    return render("portal/prove_again.html", errors=errors, contacts=contacts)


@portal.form("/prove-again", guard=SIGNED_IN, again=_choose)
def prove_another() -> Response:
    """Have a code sent to another contact of one's own."""
    chosen = read_form(_Another).contact
    known = {str(one.contact_id): one for one in selfservice.provable(current_person(), clock.micros())}
    if chosen not in known:
        raise InvalidInput.of("contact", str(_CHOOSE))
    selfservice.ask_further(current_person(), known[chosen].contact_id, _asking())
    return done("portal.code", "sent")


_WRONG = lazy_gettext(
    "This is not the code, or it is no longer good. Use the newest message, in the browser where you began, "
    "or have a new code sent."
)
_NO_CONTACT = lazy_gettext("Write an e-mail address like anna@example.com, or a phone number with all its digits.")
_WAIT = lazy_gettext("Very many codes were asked for from your network. Wait an hour, or call us.")
_CHOOSE = lazy_gettext("Choose where the code should go.")


def _asking() -> Asking:
    return Asking(cookies.visitor(), selfservice.network_of(request.remote_addr), locale())


def _of_the_field(error: InvalidInput) -> InvalidInput:
    """What the service says of a contact by its kind, said of the one field that the page has."""
    return InvalidInput(errors={"contact": [str(_NO_CONTACT)]}) if error.extensions.get("errors") else error


def _code_page(errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    return render("portal/code.html", status, errors=errors)


def wish(path: str | None) -> None:
    """Keep where somebody wants to go, for when they are in: a page of the portal."""
    if wanted := safe_path(path, below=_PREFIX):
        cookies.put(_WANTED, wanted, seconds=_FEW_MINUTES)


def into(said: str | None = None) -> Response:
    """To where somebody who is in now wanted to go, else to the first page."""
    wanted = safe_path(cookies.read(_WANTED), below=_PREFIX)
    cookies.drop(_WANTED)
    if wanted:
        return redirect(wanted, code=303)  # type: ignore[return-value]  # werkzeug's base class
    return done(_HOME, said)


def _inside(redeemed: Redeemed) -> Response:
    let_in(redeemed.opened)
    return into("proven" if redeemed.stepped_up else None)
