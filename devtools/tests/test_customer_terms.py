"""What customers read is translated into each of their languages, and nothing else is there."""

import re

import polib
import pytest

from devtools.check_po import check
from devtools.customer_terms import (
    LANGUAGES,
    ROOT,
    SAME,
    choose,
    get_customer_views,
    get_words_in_code,
    is_for_customers,
)

MODULES = ("debt_collection", "debt_collection_payment")
WRITTEN = re.compile(r"\{\{.*?\}\}|\{\??\w+\}|%\(\w+\)s|t-(?:out|esc|attf?-\w+)=\"[^\"]*\"")


def read(module, language):
    path = ROOT / module / "i18n" / f"{language}.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_whole(module, language):
    assert check(ROOT / module / "i18n" / f"{language}.po") == []


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_same_placeholders(module, language):
    """A translation fills in what the original does, in any order."""
    for term, text in read(module, language).items():
        if not text:
            continue
        wanted, found = set(WRITTEN.findall(term)), set(WRITTEN.findall(text))
        assert found == wanted, f"{language}: {text}"
        for brackets in "[]", "{}":
            assert text.count(brackets[0]) == text.count(brackets[1]), f"{language}: {text}"
        assert text.count("[") == term.count("["), f"{language}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_code_can_be_filled(language):
    """What `%` fills in the code does not break on a lone percent sign."""
    words = get_words_in_code()
    for term, text in read("debt_collection", language).items():
        if term in words and "%(" in term:
            names = set(re.findall(r"%\((\w+)\)s", term))
            assert text % dict.fromkeys(names, "x")


def test_what_is_the_same_in_english():
    """A term that is written as in English is one, and is not translated."""
    for language, terms in SAME.items():
        texts = {term: text for module in MODULES for term, text in read(module, language).items()}
        for term in terms:
            assert texts[term] == "", f"{language}: {term}"


def test_what_customers_read():
    views = get_customer_views()
    assert {"portal_collection_items", "report_statement_document"} <= views
    for place, expected in (
        ("model_terms:ir.ui.view,arch_db:debt_collection.portal_collection_items", True),
        ("model_terms:ir.ui.view,arch_db:debt_collection.report_dashboard", False),
        ("model_terms:ir.ui.view,arch_db:debt_collection.collection_case_view_form", False),
        ("model:collection.letter.template,body:debt_collection.letter_template_final", True),
        ("model:collection.letter.template,name:debt_collection.letter_template_final", False),
        ("model:collection.letter.template,body:debt_collection.letter_template_lawyer_uk", False),
        ("model_terms:mail.template,body_html:debt_collection.mail_template_survey", True),
        ("model:mail.template,name:debt_collection.mail_template_survey", False),
        (
            "model_terms:mail.template,body_html:debt_collection.mail_template_progress_report",
            False,
        ),
    ):
        assert is_for_customers(place, views) is expected, place


def test_renamed_function_is_found():
    with pytest.raises(LookupError):
        get_words_in_code(functions={"debt_collection/models/letter/collection_case.py": {"_gone"}})


def test_choice_keeps_only_the_customers_places():
    entry = polib.POEntry(
        msgid="Your invoices:",
        comment="module: debt_collection\nodoo-python",
        occurrences=[
            ("code:addons/debt_collection/models/letter/collection_channel_email.py", "0"),
            ("model_terms:ir.ui.view,arch_db:debt_collection.collection_case_view_form", ""),
        ],
    )
    [chosen] = choose([entry])
    assert [place for place, _line in chosen.occurrences] == [
        "code:addons/debt_collection/models/letter/collection_channel_email.py"
    ]
    assert chosen.comment == "module: debt_collection\nodoo-python"


@pytest.mark.parametrize("language", LANGUAGES)
def test_capital_after_the_greeting(language):
    """German and Italian go on in small letters after a comma, whatever is left out."""
    for term, text in read("debt_collection", language).items():
        if term.startswith("Dear Sir or Madam,") and language != "ja":
            first = re.sub(r"^\[[^\]]*\]", "", text.split("\n\n")[1]).lstrip()[:1]
            if first.isalpha():
                assert first.islower() == (language in ("de", "it")), text
