"""What customers read, as terms of the translations: letters, e-mails, documents and pages.

Languages in which the office works (zh_CN) have every term. The languages in `LANGUAGES` have what
customers read, and nothing else: their files hold these terms only. Run by the Python of
`.odoo/lint-venv` (needs polib); docs/languages.md says how to add a language.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANGUAGES = ("de", "es", "fr", "it", "ja", "nl", "pt_BR")
"""Languages in which customers are written to; a file beside them is for the office, too."""

DOCUMENT = '<span class="visually-hidden">Document</span>'
SAME = {
    "de": {"Logo", "Status"},
    "es": {"Principal", "Total"},
    "fr": {DOCUMENT, "Date", "Document", "E-mail", "Logo", "Principal", "Signature", "Total"},
    "it": {"E-mail", "Logo"},
    "nl": {DOCUMENT, "Credit", "Document", "E-mail", "Logo", "Status"},
    "pt_BR": {"E-mail", "Principal", "Total"},
}
"""Terms that a language writes as English does: its file has no translation of them."""

OFFICE_VIEWS = {
    "collection_assessment_report",
    "collection_assessment_report_document",
    "report_case_file",
    "report_case_file_document",
    "report_dashboard",
    "report_overdue_list",
    "report_overdue_list_document",
    "report_progress",
    "report_provision",
    "report_provision_document",
}
"""Templates that only the office reads; all others are for customers."""

OFFICE_MAILS = {"mail_template_progress_report"}
"""Mail templates for the office; all others go to customers."""

RECORDS = {
    "collection.letter.template": {
        "subject",
        "body",
        "consequences",
        "mail_subject",
        "mail_body",
        "heading_instruction",
        "instruction",
        "heading_facts",
        "heading_opinion",
        "opinion",
        "heading_demand",
        "demand",
    },
    "mail.template": {"subject", "body_html"},
}
"""Fields of records that ship with the add-ons."""

SELECTIONS = ("selection__collection_plan_line__state__",)
"""Values of fields that documents and pages show."""

FUNCTIONS = {
    "debt_collection/controllers/collection_portal_entry.py": "*",
    "debt_collection/models/charge/collection_charge.py": {"_prepare_debit_note_vals"},
    "debt_collection/models/charge/collection_charge_line.py": {
        "_get_interest_words",
        "_get_fee_words",
    },
    "debt_collection/models/charge/res_partner.py": {
        "_describe_statement_charges",
        "_write_statement_pay_link",
        "_write_statement_charges",
    },
    "debt_collection/models/chase/collection_case.py": {"_get_open_invoices"},
    "debt_collection/models/ledger/res_partner.py": {
        "_get_statement_band_names",
        "_get_collection_statement_kinds",
        "_get_collection_statement_name",
        "_get_collection_statement_xlsx",
        "_write_statement_sheet",
    },
    "debt_collection/models/legal/collection_letter.py": {"_get_law_values"},
    "debt_collection/models/letter/collection_case.py": {"_send_invoice_copies"},
    "debt_collection/models/letter/collection_letter.py": {
        "_note_also_open",
        "_describe_deadline",
        "_get_short_text",
    },
    "debt_collection/models/letter/collection_channel_email.py": {"_get_mail_html"},
    "debt_collection/models/letter/collection_letter_total.py": {"_get_words"},
    "debt_collection/models/letter/collection_letter_words.py": {"_describe_earlier"},
    "debt_collection/models/portal/collection_case.py": {"_get_for_portal"},
    "debt_collection/models/portal/collection_portal_request.py": {
        "_check_entry",
        "_enter",
        "_check_no_contradiction",
        "_get_customer_title",
        "_get_customer_state",
    },
    "debt_collection/models/position/res_partner.py": {"_get_statement_position_names"},
    "debt_collection/wizard/ledger/collection_statement.py": {"_compute_body", "_get_subject"},
    "debt_collection_payment/controllers/collection_payment.py": "*",
}
"""Functions whose words customers read; `*`: all of the file."""

LAW_LETTERS = {"letter_template_lawyer_cn", "letter_template_lawyer_uk"}
"""Letters that rest on the law of a country: they are in the language of that law."""

VIEW = re.compile(r"^model_terms:ir\.ui\.view,arch_db:\w+\.(\w+)$")
RECORD = re.compile(r"^model(?:_terms)?:([\w.]+),(\w+):(?:\w+\.)?(\w+)$")


def get_words_in_code(root=ROOT, functions=None):
    """The terms of the functions whose words customers read.

    :raises LookupError: if one of them has none: it was renamed, or moved
    """
    words = set()
    for path, names in (FUNCTIONS if functions is None else functions).items():
        found = _read_words(root / path)
        if names != "*" and names - found.keys():
            raise LookupError(f"{path}: no words in {', '.join(sorted(names - found.keys()))}")
        for name, terms in found.items():
            if names == "*" or name in names:
                words |= terms
    return words


def _read_words(path):
    """The terms in a file by the function that they stand in."""
    words = {}
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if (
                isinstance(call, ast.Call)
                and call.args
                and getattr(call.func, "attr", getattr(call.func, "id", "")) in ("_", "_lt")
                and isinstance(call.args[0], ast.Constant)
            ):
                words.setdefault(function.name, set()).add(call.args[0].value)
    return words


def is_for_customers(occurrence, customer_views):
    """Tell whether a place where a term occurs is one that customers read; code is not asked.

    :param occurrence: as translation files have it, `model_terms:ir.ui.view,arch_db:x.y`
    :param customer_views: XML ids of the templates for customers, without the add-on
    """
    if view := VIEW.match(occurrence):
        return view[1] in customer_views
    if not (record := RECORD.match(occurrence)):
        return False
    model, field, name = record.groups()
    if model == "ir.model.fields.selection":
        return name.startswith(SELECTIONS)
    if name in OFFICE_MAILS or name in LAW_LETTERS:
        return False
    return field in RECORDS.get(model, ())


def get_customer_views(root=ROOT):
    """XML ids of all QWeb templates that are not the office's."""
    names = set()
    for path in root.glob("debt_collection*/**/*.xml"):
        if "static" not in path.parts:
            names |= set(re.findall(r'<template\s+id="(\w+)"', path.read_text()))
    unknown = OFFICE_VIEWS - names
    if unknown:
        raise LookupError(f"no such templates: {', '.join(sorted(unknown))}")
    return names - OFFICE_VIEWS


def choose(entries, root=ROOT):
    """Those of a template's entries that customers read, with the places where they do.

    :param entries: as polib has them; they are left as they are
    """
    words, views = get_words_in_code(root), get_customer_views(root)
    files = {f"code:addons/{path}" for path in FUNCTIONS}
    chosen = []
    for entry in entries:
        places = [
            (place, line)
            for place, line in entry.occurrences
            if (
                place in files and entry.msgid in words
                if place.startswith("code:")
                else is_for_customers(place, views)
            )
        ]
        if places:
            chosen.append(_copy(entry, places))
    return chosen


def _copy(entry, places):
    """The entry as it is at these places alone."""
    # Odoo takes the words of code from entries that say so.
    is_code = any(place.startswith("code:") for place, _line in places)
    module = entry.comment.splitlines()[:1]
    return type(entry)(
        msgid=entry.msgid,
        msgstr=entry.msgstr,
        occurrences=places,
        comment="\n".join([*module, *(["odoo-python"] if is_code else [])]),
    )
