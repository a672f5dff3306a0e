from hashlib import md5

from lxml import etree
from psycopg2.extras import Json

from odoo.tools import SQL, file_open

FILES = (
    "debt_collection/data/letter/collection_letter_template_data.xml",
    "debt_collection/data/legal/collection_letter_template_data.xml",
)
SHIPPED = {
    "e32c153ac69b5723082ac0d5f4a0046d", "1732aa0af3ea1dd2cb179ce3c54179ac",
    "11749853c0be867fc01ea7d2f19a429e", "1af5545efdeee2398a529afeb1b73359",
    "46e39131696dfe921a601fbbc3a6fe16", "2ab614ef4b62c14465c56a76570795ab",
    "f33987c290205e27d4beb5624d6baa47", "94ee25ee9a6a09e2da7ea33d382129f9",
    "f437769ff48ab86529e95f507bd2358a", "7afcfad776c5c383b7129ba9d3a33b22",
    "6a390adf7de947bbeb42c2f891f81653", "ea432b10ed293a8fffb0f04aff352e0c",
    "dee1011f5ba0768d38d7f534bd092b9f", "a9c607246ab9e77ce0b6bc2c574ad62f",
    "86495f01296c05cc5b3fce5cd2306d28", "ec72b43024fd6802104a0636d581d8ca",
    "083677cf9bfd0446ae3e790370252e8d", "3403c5cd675109f2a804de3c892d1c2a",
    "dc6c04abcb0bb9d6c5427232e61ddc4b", "19405269e1a2be3d7e6ab809fc866e27",
    "88517fb3ea6f61051599ba24c6fe9acb", "1ca780e21ccf527072213d3213da89e9",
    "ae240f45feae822cdbdf01ec0171f7a0", "f34a1d9488269f188edd511a8d3e1be7",
    "24b7bcb9a5e4a62b91c76af84990a0a7", "14a84c4d5fcd22599abc45684164b028",
}
"""Of texts as they shipped before: MD5 tells one from another, and protects nothing."""


def migrate(cr, version):
    """Letters that nobody changed say only what is so; the translations are loaded after this.

    E-mails that nobody changed are signed by nobody who has left.
    """
    for path in FILES:
        with file_open(path, "rb") as file:
            records = etree.parse(file).iter("record")
        for record in records:
            for field in record.iter("field"):
                replace(cr, record.get("id"), field.get("name"), field.text)
    cr.execute(
        """
        UPDATE mail_template template
           SET body_html = replace(replace(body_html::text,
                   'object.user_id.name or object.company_id.name',
                   'object._get_writer().name or object.company_id.name'),
                   'format_date(object.date_oldest_due)',
                   'format_date(object._get_oldest_asked())')::jsonb,
               email_from = replace(email_from, 'object.user_id.email_formatted',
                                    'object._get_writer().email_formatted')
          FROM ir_model_data data
         WHERE data.module = 'debt_collection' AND data.model = 'mail.template'
           AND data.res_id = template.id
           AND data.name IN ('mail_template_reminder', 'mail_template_notice_promise',
                             'mail_template_notice_withdrawn', 'mail_template_notice_payment',
                             'mail_template_notice_plan', 'mail_template_notice_closed',
                             'mail_template_survey')
        """
    )


def replace(cr, name, field, text):
    """Put a shipped text in the place of the one that shipped before."""
    cr.execute(
        """SELECT res_id FROM ir_model_data
            WHERE module = 'debt_collection' AND model = 'collection.letter.template'
              AND name = %s""",
        (name,),
    )
    found = cr.fetchone()
    if not found or field not in ("subject", "body", "consequences", "mail_subject", "mail_body",
                                  "demand"):
        return
    column = SQL.identifier(field)
    query = SQL(
        "SELECT %s ->> 'en_US' FROM collection_letter_template WHERE id = %s AND write_uid = 1",
        column, found[0],
    )
    cr.execute(query)
    stored = cr.fetchone()
    if not stored or md5((stored[0] or "").encode(), usedforsecurity=False).hexdigest() not in (
        SHIPPED
    ):
        return
    cr.execute(SQL(
        "UPDATE collection_letter_template SET %s = %s WHERE id = %s",
        column, Json({"en_US": text}), found[0],
    ))
