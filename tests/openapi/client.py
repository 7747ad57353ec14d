"""A till in Python under mypy --strict, over a client that openapi-python-client made of /openapi.json: no cast, no ignored
line."""
import os

from generated.epass import AuthenticatedClient, Client
from generated.epass.api.account_login import account_login_sign_in
from generated.epass.api.partner_cancellation import partner_cancellation_cancel
from generated.epass.api.partner_history import partner_history_list, partner_history_receipt
from generated.epass.api.partner_transaction import partner_transaction_look_up, partner_transaction_pay
from generated.epass.models import (
    Cancellation,
    DeskEnvelope,
    LookUpForm,
    Looked,
    PayForm,
    PayerKind,
    ProblemBody,
    Receipt,
    SignInForm,
    SignedIn,
    TransactionList,
    TransactionReceipt,
    TransactionState,
)

SITE = os.environ["EPASS_SITE_URL"]
JSON = {"Accept": "application/json"}


def main() -> None:
    stranger = Client(base_url=SITE, headers=JSON)
    signed_in = account_login_sign_in.sync(
        client=stranger, body=SignInForm(identifier="partenaire", password="Demo2026")
    )
    assert isinstance(signed_in, SignedIn), signed_in
    till = AuthenticatedClient(base_url=SITE, headers=JSON, token=signed_in.token)

    asked = LookUpForm(reference="2600140532012345", birth_date="2008-05-14")
    found = partner_transaction_look_up.sync(client=till, body=asked)
    assert isinstance(found, Looked), found
    left = {one.envelope: one.available_cents for one in found.envelopes}[DeskEnvelope.READING]

    payment = PayForm(ticket=found.ticket, envelope=DeskEnvelope.READING, amount_cents=150)
    paid = partner_transaction_pay.sync(client=till, body=payment)
    assert isinstance(paid, Receipt), paid
    assert paid.available_cents == left - 150

    receipt = partner_history_receipt.sync(paid.id, client=till)
    assert isinstance(receipt, TransactionReceipt), receipt
    assert (receipt.payer, receipt.first_name, receipt.state) == (PayerKind.DESK, "Léa", TransactionState.PAID)

    listed = partner_history_list.sync(client=till, state=TransactionState.PAID)
    assert isinstance(listed, TransactionList), listed
    assert any(line.id == paid.id and line.amount_cents == 150 for line in listed.transactions)

    cancelled = partner_cancellation_cancel.sync(paid.id, client=till)
    assert isinstance(cancelled, Cancellation), cancelled
    assert cancelled.state == TransactionState.CANCELLED
    again = partner_cancellation_cancel.sync(paid.id, client=till)
    assert isinstance(again, ProblemBody) and again.code == "already_cancelled", again
    print("Python: looked up, paid, listed and cancelled")


main()
