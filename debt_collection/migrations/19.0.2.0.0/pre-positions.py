AMOUNTS = (
    "amount_overdue", "amount_promised", "amount_disputed", "amount_planned",
    "amount_on_its_way", "amount_credit", "amount_to_collect", "amount_unapplied",
)


def migrate(cr, version):
    """Make the columns of the position, to be filled afterwards in one statement a company.

    Else each case would be added up while its tables are being made.
    """
    for name in AMOUNTS:
        cr.execute(f"ALTER TABLE collection_case ADD COLUMN IF NOT EXISTS {name} numeric")
    # Miscellaneous entries go on as they were until a manager answers.
    cr.execute(
        "ALTER TABLE res_company ADD COLUMN IF NOT EXISTS collection_chase_misc boolean"
    )
    cr.execute(
        """
        UPDATE res_company company
           SET collection_chase_misc = NOT EXISTS (
               SELECT 1 FROM account_move_line line
                 JOIN account_journal journal ON journal.id = line.journal_id
                  AND journal.type = 'general'
                 JOIN account_account account ON account.id = line.account_id
                  AND account.account_type = 'asset_receivable'
                WHERE line.company_id = company.id AND line.no_followup
                  AND line.reconciled IS NOT TRUE AND line.parent_state = 'posted')
         WHERE collection_chase_misc IS NULL
        """
    )
