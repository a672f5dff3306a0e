def migrate(cr, version):
    """Keep on each open case the day of its last letter: the next one keeps the days between."""
    cr.execute(
        """
        UPDATE collection_case case_
           SET date_letter_gone = letter.date
          FROM (SELECT case_id, MAX(COALESCE(date_sent::date, date)) AS date
                  FROM collection_letter
                 WHERE state IN ('sent', 'delivered') AND is_ahead IS NOT TRUE
                   AND kind IN ('reminder', 'dunning', 'final')
              GROUP BY case_id) letter
         WHERE letter.case_id = case_.id AND case_.stage != 'closed'
        """
    )
