"""What a night's jobs may make once: found if it is there twice."""

from collections import Counter

from .postgres import sql

TWICE = {
    "open cases of a customer": """
        SELECT partner_id, company_id FROM collection_case WHERE stage != 'closed'
         GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "steps of a case": """
        SELECT case_id, step_id, cycle FROM collection_case_step
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
    "to-dos": """
        SELECT res_model, res_id, user_id, summary, activity_type_id FROM mail_activity
         WHERE active GROUP BY 1, 2, 3, 4, 5 HAVING COUNT(*) > 1""",
    "e-mails of a letter": """
        SELECT res_id FROM mail_message message JOIN mail_mail mail
            ON mail.mail_message_id = message.id
         WHERE message.model = 'collection.letter' GROUP BY 1 HAVING COUNT(*) > 1""",
    "reminders of an item": """
        SELECT line.move_line_id FROM collection_letter letter
          JOIN collection_letter_line line ON line.letter_id = letter.id
         WHERE letter.is_ahead GROUP BY 1 HAVING COUNT(*) > 1""",
    "contacts of a letter": """
        SELECT letter_id FROM collection_activity WHERE letter_id IS NOT NULL
         GROUP BY 1 HAVING COUNT(*) > 1""",
    "overdue lists": """
        SELECT company_id, date FROM collection_overdue_list GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "provisions of a month": """
        SELECT company_id, month FROM collection_provision GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "assessments of a month": """
        SELECT company_id, month, user_id FROM collection_assessment
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
    "month ends": """
        SELECT company_id, month, partner_id, tier_id, user_id, kind FROM collection_ageing_snapshot
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING COUNT(*) > 1""",
    "progress reports": """
        SELECT company_id, kind, date_from FROM collection_progress_report
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
}
"""What there may be once: queries that find what there is twice."""

COUNTED = (
    "collection_case",
    "collection_case_step",
    "collection_letter",
    "collection_activity",
    "collection_overdue_list",
    "collection_provision",
    "collection_assessment",
    "collection_ageing_snapshot",
    "collection_progress_report",
    "mail_activity",
    "mail_mail",
    "account_move",
)

UNSENT = "SELECT COUNT(*) FROM mail_mail WHERE state IN ('outgoing', 'exception')"


def count_rows(database):
    """How many rows there are of everything that the jobs make."""
    query = " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in COUNTED)
    return dict(sql(database, query))


def check_nothing_twice(database, sink):
    for what, query in TWICE.items():
        assert sql(database, query) == [], f"there twice: {what}"
    assert set(sink.copies().values()) == {1}
    sent = sql(database, "SELECT COUNT(*) FROM collection_letter WHERE state = 'sent'")[0][0]
    handed_over = Counter(
        message["Subject"]
        for recipients, message in sink.messages
        if any(part.get_content_type() == "application/pdf" for part in message.iter_attachments())
    )
    assert sum(handed_over.values()) == int(sent) > 0
    unsent = sql(database, UNSENT)
    assert unsent == [["0"]]
