from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterStep(LetterCommon):
    """Letter steps of a policy draft their letters; reminders go out before the due date."""

    def _step(self, kind="dunning"):
        return self._case().case_step_ids.filtered(
            lambda step: step.step_id.letter_kind == kind
        )

    def test_step_drafts_and_sending_ends_it(self):
        self._overdue_invoice(5, 80.0)
        self._night()
        step = self._step()
        self.assertTrue(step.mail_activity_ids)
        letter = step.letter_ids
        self.assertRecordValues(letter, [{
            "kind": "dunning", "state": "draft", "case_step_id": step.id, "amount_total": 80.0,
            "drafted_by_id": False, "user_id": self.collector.id, "date_released": False,
        }])
        self._night()
        self.assertEqual(step.letter_ids, letter)
        letter = letter.with_user(self.collector)
        letter.channel = "post"
        letter.action_approve()
        self.assertEqual(step.state, "planned")
        letter.action_send()
        self.assertRecordValues(step, [{"state": "done", "date_done": self.TODAY}])
        self.assertFalse(step.mail_activity_ids)
        self.assertEqual(step.contact_ids.letter_id, letter)

    def test_policy_can_send_by_itself(self):
        steps = self.policy.step_ids.filtered(lambda step: step.method == "letter")
        steps.approval_needed = False
        self._overdue_invoice(5, 80.0)
        final = self.env["res.partner"].create(
            {"name": "Final", "email": "final@customer.example", "street": "1 Road"}
        )
        self._overdue_invoice(45, 80.0, partner=final)
        self._case(final).sudo().date_open = self.TODAY - timedelta(days=44)
        self._night()
        self.assertTrue(self._step().letter_ids.date_released)
        # Two people decide on final notices, whatever the step says.
        letter = self._case(final).letter_ids.filtered(lambda letter: letter.kind == "final")
        self.assertEqual(len(letter), 1)
        self.assertFalse(letter.date_released)

    def test_hand_written_letter_ends_a_step_of_its_kind_only(self):
        self._overdue_invoice(15, 80.0)
        self._case().sudo().date_open = self.TODAY - timedelta(days=14)
        self._night()
        dunning, statement = self._step(), self._step("statement")
        self.assertEqual((dunning.state, statement.state), ("skipped", "planned"))
        letter = self._approved("reminder", channel="post")
        letter.action_send()
        self.assertEqual(statement.state, "planned")
        own = statement.letter_ids
        letter = self._approved("statement", channel="post")
        letter.action_send()
        self.assertEqual(statement.state, "done")
        self.assertEqual(own.state, "cancelled")

    def test_repeats_by_every_channel(self):
        """A step that names a channel comes again by it, so many days after its letter left."""
        self.policy.step_ids.sudo().unlink()
        for key in ("email", "post", "hand", "other"):
            with self.subTest(channel=key):
                partner = self.env["res.partner"].create({
                    "name": key, "email": f"{key}@customer.example", "street": "1 Road",
                    "city": "Town",
                })
                self._overdue_invoice(5, 80.0, partner=partner)
                step = self.env["collection.policy.step"].sudo().create({
                    "policy_id": self.policy.id, "name": key, "method": "letter", "offset": 5,
                    "letter_kind": "reminder", "letter_channel": key, "repeat_days": 10,
                    "approval_needed": True,
                })
                sent = self.env["collection.letter"]
                for days in (0, 10, 20):
                    with freeze_time(f"{self.TODAY + timedelta(days=days)} 09:00:00"):
                        self._night(days)
                        letter = self._case(partner).letter_ids - sent
                        self.assertRecordValues(letter, [{"channel": key, "state": "draft"}])
                        letter.action_approve()
                        letter.action_send()
                        if key == "email":
                            letter.mail_mail_id.state = "sent"
                            letter.mail_mail_id._tell_letters()
                        self.assertEqual(letter.state, "sent")
                        self.assertEqual(letter.case_step_id.state, "done")
                        sent |= letter
                self.assertEqual(sorted(sent.case_step_id.mapped("occurrence")), [1, 2, 3])
                step.active = False

    def test_step_falls_back_to_the_template(self):
        """A customer who cannot be reached by the step's channel gets the template's."""
        self.policy.step_ids.sudo().unlink()
        self.partner_a.email = False
        self._overdue_invoice(5, 80.0)
        self.env["collection.policy.step"].sudo().create({
            "policy_id": self.policy.id, "name": "Mail", "method": "letter", "offset": 5,
            "letter_kind": "dunning", "letter_channel": "email",
        })
        self._night()
        self.assertEqual(self._case().letter_ids.channel, "post")

    def test_pause_takes_the_draft_away_and_back(self):
        self._overdue_invoice(5, 80.0)
        self._night()
        case, step = self._case(), self._step()
        first = step.letter_ids
        case.write({"hold_until": self.TODAY + timedelta(days=1), "hold_reason": "Talks"})
        self._night()
        self.assertEqual((step.state, first.state), ("cancelled", "cancelled"))
        case.action_end_hold()
        self._night()
        self.assertEqual(step.state, "planned")
        self.assertEqual((step.letter_ids - first).mapped("state"), ["draft"])

    def test_what_pauses_the_chase_holds_every_letter(self):
        """Approved before or released to the job, by whatever pauses: held, with the reason."""
        promise = {"amount": 80.0, "date_promised": self.TODAY + timedelta(days=5)}
        until = self.TODAY + timedelta(days=9)
        pauses = {
            "Talks": lambda case: case.write({"hold_until": until, "hold_reason": "Talks"}),
            "Fire": lambda case: case.partner_id.write({
                "collection_hold": True, "collection_hold_until": until,
                "collection_hold_reason": "Fire",
            }),
            "Promised": lambda case: self.env["collection.promise"].create({
                "case_id": case.id, "date_made": self.TODAY, **promise,
            }),
            "replied": lambda case: case.sudo().write({"wait_until": until}),
            "counsel": lambda case: case.write({"stage": "legal"}),
        }
        for words, pause in pauses.items():
            for release in (False, True):
                with self.subTest(pause=words, release=release):
                    partner = self.env["res.partner"].create({
                        "name": words, "email": "held@customer.example",
                    })
                    self._overdue_invoice(20, 80.0, partner=partner)
                    case = self._case(partner)
                    letter = self._letter(case=case)
                    if release:
                        letter.action_release()
                    else:
                        letter.action_approve()
                    pause(case)
                    if release:
                        letter._send_slice(letter.ids)
                    else:
                        letter.action_send()
                    self.assertFalse(letter.date_queued)
                    self.assertIn(words, letter.hold_reason)

    def test_a_queued_letter_comes_back_when_the_chase_is_paused(self):
        self._overdue_invoice(20, 80.0)
        letter = self._approved()
        letter.action_send()
        mail = letter.sudo().mail_mail_id
        self._case().write({"hold_until": self.TODAY, "hold_reason": "Talks"})
        mail._send()
        self.assertEqual(mail.state, "cancel")
        self.assertRecordValues(letter, [{"state": "approved", "date_queued": False}])
        self.assertIn("Talks", letter.hold_reason)

    def test_a_final_notice_names_what_has_reached_it(self):
        old = self._overdue_invoice(50, 80.0)
        young = self._overdue_invoice(10, 20.0)
        letter = self._letter("final")
        self.assertEqual(letter.line_ids.number, old.name)
        self.assertEqual(letter.amount_total, 80.0)
        self.assertIn(young.name, letter.also_open)
        self.assertEqual(len(self._letter("dunning").line_ids), 2)

    def test_an_email_step_without_address_goes_to_the_post(self):
        self.partner_a.email = False
        self._overdue_invoice(1, 80.0)
        case = self._case()
        case.sudo().date_open = self.TODAY
        self._night()
        letter = case.letter_ids
        self.assertRecordValues(letter, [{"kind": "reminder", "channel": "post"}])
        letter._send_slice(letter.ids)
        self.assertRecordValues(letter, [{"state": "approved", "date_released": False}])

    def test_an_email_of_a_step_lists_its_invoices(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        first = self._overdue_invoice(1, 80.0)
        second = self._overdue_invoice(1, 30.0, currency_id=euro.id)
        self._night()
        mail = self.env["mail.mail"].search([
            ("model", "=", "collection.case"), ("res_id", "=", self._case().id),
        ])
        for text in (first.name, second.name, "80.00", "30.00"):
            self.assertIn(text, mail.body_html)

    def test_a_draft_left_behind_makes_way_for_the_next_letter(self):
        """One letter at a time: what nobody approved in four weeks is not sent after the next."""
        self._overdue_invoice(3, 80.0)
        for days in range(0, 29):
            self._night(days)
        case = self._case()
        states = {step.step_id.name: (step.state, step.cancel_reason)
                  for step in case.case_step_ids if step.method == "letter"}
        self.assertEqual(states["Dunning Letter"], ("cancelled", "letter"))
        self.assertEqual(states["Formal Letter"], ("planned", False))
        self.assertEqual(states["Statement of Account"], ("planned", False))
        drafts = case.letter_ids.filtered(lambda letter: letter.state == "draft")
        self.assertEqual(sorted(drafts.mapped("kind")), ["dunning", "statement"])

    def test_one_letter_within_the_gap(self):
        """Of two the stricter leaves; the other waits, also for a person who sends it."""
        self._overdue_invoice(50, 80.0)
        first, second = self._approved("reminder"), self._approved("dunning")
        (first | second).action_send()
        self.assertTrue(second.date_queued)
        self.assertFalse(first.date_queued)
        self.assertEqual(self._case().date_letter_gone, self.TODAY)
        first.action_send()
        self.assertFalse(first.date_queued)
        self.assertIn("10/07/2025", first.hold_reason)
        # What did not arrive does not count.
        second.sudo()._set_failed("No such mailbox")
        first.action_send()
        self.assertTrue(first.date_queued)

    def test_letter_that_stays_is_not_written_again_after_a_pause(self):
        """A letter printed and waiting for the post outlives the pause of its step."""
        self._overdue_invoice(5, 80.0)
        self._night()
        case, step = self._case(), self._step()
        letter = step.letter_ids.with_user(self.collector)
        letter.channel = "post"
        letter.action_approve()
        letter.sudo().date_queued = f"{self.TODAY} 09:00:00"
        case.write({"hold_until": self.TODAY + timedelta(days=1), "hold_reason": "Talks"})
        self._night()
        self.assertEqual((step.state, letter.state), ("cancelled", "approved"))
        case.action_end_hold()
        self._night()
        self.assertEqual((step.state, step.letter_ids), ("planned", letter.sudo()))

    def test_cancelled_invoice_takes_its_draft_along(self):
        invoice = self._overdue_invoice(5, 80.0)
        self._night()
        letter = self._step().letter_ids
        invoice.button_draft()
        self._classify()
        self.assertEqual(letter.state, "cancelled")

    def test_reminder_before_the_due_date(self):
        """The day before the threshold nothing, on the day the reminder, once for an item."""
        invoice = self._overdue_invoice(-5, 80.0)
        remind = self.env["collection.letter"]._remind
        for days, count in [(0, 0), (1, 0), (2, 1), (2, 0), (3, 0), (5, 0), (6, 0)]:
            with self.subTest(days=days, count=count):
                self.assertEqual(remind(self.TODAY + timedelta(days=days), self.company), count)
        letter = self.env["collection.letter"].search([("is_ahead", "=", True)])
        self.assertRecordValues(letter, [{
            "kind": "reminder", "case_id": False, "partner_id": self.partner_a.id,
            "channel": "email", "amount_total": 80.0,
            "date_deadline": invoice.invoice_date_due, "user_id": self.collector.id,
        }])
        self.assertTrue(letter.date_released)
        self.assertEqual(letter.line_ids.number, invoice.name)

    def test_who_is_not_reminded(self):
        remind = self.env["collection.letter"]._remind
        partners = {
            name: self.env["res.partner"].create({
                "name": name, "email": f"{name.lower()}@customer.example",
            })
            for name in ("Off", "Held", "Mailless", "Credited", "Short", "Paid", "Good")
        }
        partners["Off"].collection_policy_id = self.policy.copy({"reminder_days_before": 0})
        partners["Held"].write({
            "collection_hold": True, "collection_hold_until": self.TODAY,
            "collection_hold_reason": "Talks",
        })
        partners["Mailless"].email = False
        invoices = {
            name: self._overdue_invoice(-3, 80.0, partner=partner)
            for name, partner in partners.items() if name != "Short"
        }
        # Two days to pay: the customer has just got the invoice.
        self._overdue_invoice(-2, 80.0, partner=partners["Short"], invoice_date=self.TODAY)
        self._pay(invoices["Paid"])
        self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": partners["Credited"].id, "amount": 80.0,
        }).action_post()
        self.assertEqual(remind(self.TODAY, self.company), 1)
        letter = self.env["collection.letter"].search([("is_ahead", "=", True)])
        self.assertEqual(letter.partner_name, "Good")

    def test_case_buttons(self):
        self._overdue_invoice(10, 80.0)
        case = self._case().with_user(self.collector)
        action = case.action_new_letter()
        letter = self.env["collection.letter"].browse(action["res_id"])
        self.assertRecordValues(letter, [{"state": "draft", "amount_total": 80.0}])
        self.assertEqual(case.letter_count, 1)
        self.assertEqual(case.action_view_letters()["domain"], [("case_id", "=", case.id)])
