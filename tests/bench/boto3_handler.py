"""The payment of partner-transaction in Python and boto3, as a Lambda would have it: the client made while the process
starts, then one BatchGetItem over the same six items and the same two-item TransactWriteItems for each call.

It checks the same signatures and takes the same events; pages, typed forms, refusals and metering it leaves out, which
is in its favour. The loop speaks Lambda's runtime API with the standard library alone, lighter than AWS's own client.
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import zoneinfo

import boto3

KEY = os.environ["EPASS_SIGNING_KEY"].encode()
TABLE = {name: os.environ[f"EPASS_TABLE_{name}"] for name in
         ("ACCOUNTS", "SESSIONS", "PARTNERS", "BENEFICIARIES", "REFERENCES", "TRANSACTIONS")}
PARIS = zoneinfo.ZoneInfo("Europe/Paris")
dynamodb = boto3.client("dynamodb")


def read(token: str, audience: str) -> dict:
    """The claims of a token that we signed."""
    signed, _, signature = token.rpartition(".")
    made = base64.urlsafe_b64encode(hmac.digest(KEY, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
    body = signed.partition(".")[2]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if not hmac.compare_digest(made, signature) or claims["aud"] != audience:
        raise PermissionError
    return claims


def handle(event: dict) -> dict:
    """Pays: an API Gateway event (payload 2.0) in, its answer out."""
    session = read(event["headers"]["authorization"].removeprefix("Bearer "), "session")
    body = json.loads(event["body"])
    ticket = read(body["ticket"], "desk")
    trace_key = {"partner_id": {"S": ticket["partner"]}, "transaction_id": {"S": ticket["transaction"]}}
    wallet_key = {"beneficiary_id": {"S": ticket["beneficiary"]}}
    account = {"account_id": {"S": session["sub"]}}
    keys = {
        "ACCOUNTS": account,
        "SESSIONS": account | {"session_id": {"S": session["sid"]}},
        "PARTNERS": {"partner_id": {"S": ticket["partner"]}},
        "BENEFICIARIES": wallet_key,
        "REFERENCES": {"reference": {"S": reference(ticket)}},
        "TRANSACTIONS": trace_key,
    }
    asked = {TABLE[name]: {"Keys": [key], "ConsistentRead": True} for name, key in keys.items()}
    found = dynamodb.batch_get_item(RequestItems=asked, ReturnConsumedCapacity="TOTAL")["Responses"]
    if not found[TABLE["SESSIONS"]] or not found[TABLE["PARTNERS"]] or found[TABLE["TRANSACTIONS"]]:
        raise PermissionError
    wallet = found[TABLE["BENEFICIARIES"]][0]
    balance = body["envelope"] + "_cents"
    seen = int(wallet[balance]["N"])
    left = seen - body["amount_cents"]
    if left < 0:
        raise ValueError("the balance is too small")
    now = datetime.datetime.now(datetime.timezone.utc)
    at = now.isoformat().replace("+00:00", "Z")
    trace = trace_key | wallet_key | {
        "first_name": wallet["first_name"],
        "last_name": wallet["last_name"],
        "reference": found[TABLE["REFERENCES"]][0]["reference"],
        "envelope": {"S": body["envelope"]},
        "amount_cents": {"N": str(body["amount_cents"])},
        "available_cents": {"N": str(left)},
        "campaign": wallet["campaign"],
        "at": {"S": at},
        "paris_day": {"S": now.astimezone(PARIS).date().isoformat()},
        "state": {"S": "paid"},
    }
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {
                "TableName": TABLE["TRANSACTIONS"],
                "Item": trace,
                "ConditionExpression": "attribute_not_exists(transaction_id)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }},
            {"Update": {
                "TableName": TABLE["BENEFICIARIES"],
                "Key": wallet_key,
                "UpdateExpression": "SET #balance = :left",
                "ConditionExpression": "#balance = :seen AND card_state = :active AND campaign = :campaign",
                "ExpressionAttributeNames": {"#balance": balance},
                "ExpressionAttributeValues": {
                    ":left": {"N": str(left)}, ":seen": {"N": str(seen)},
                    ":active": {"S": "active"}, ":campaign": wallet["campaign"],
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }},
        ],
        ReturnConsumedCapacity="INDEXES",
    )
    paid = {"id": ticket["transaction"], "amount_cents": body["amount_cents"], "envelope": body["envelope"], "at": at,
            "available_cents": left}
    return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": json.dumps(paid),
            "isBase64Encoded": False}


def reference(ticket: dict) -> str:
    """The number shown at the desk, without its kind."""
    shown = ticket["reference"]
    return shown if isinstance(shown, str) else next(iter(shown.values()))


def main() -> None:
    """Asks Lambda for events and answers them, for ever."""
    lambda_api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    base = "/2018-06-01/runtime/invocation/"
    while True:
        lambda_api.request("GET", base + "next")
        given = lambda_api.getresponse()
        event = json.loads(given.read())
        answer = json.dumps(handle(event))
        lambda_api.request("POST", f"{base}{given.headers['lambda-runtime-aws-request-id']}/response", answer)
        lambda_api.getresponse().read()


main()
