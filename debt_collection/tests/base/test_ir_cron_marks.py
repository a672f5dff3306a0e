from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.models import ir_cron

from ...models.assessment import collection_case as collection_case_survey
from ...models.chase import collection_case_step
from ...models.flow import collection_case_night
from ...models.letter import collection_letter_release
from .common import CollectionCommon

SLICES = (
    (collection_case_night, "SLICE"),
    (collection_case_night, "BATCH"),
    (collection_case_step, "BATCH"),
    (collection_case_survey, "BATCH"),
    (collection_letter_release, "SLICE"),
)
"""How much the jobs do at a time, where it is less than a company."""

LOGGER = "odoo.addons.debt_collection.models.base.ir_cron"


@tagged("post_install", "-at_install", "debt_collection")
class TestIrCronMarks(CollectionCommon):
    """Every job of ours, cut off after each slice, does what it does in one go, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Second Company")
        cls.companies = cls.env.company | cls.other
        cls.companies.write({"collection_survey": True, "collection_provision_auto": True})
        cls.partners = cls.env["res.partner"].create([
            {"name": f"Customer {number}", "email": f"c{number}@customer.example"}
            for number in range(3)
        ])
        for company in cls.companies:
            for days, partner in zip((5, 40, 100), cls.partners, strict=True):
                cls._overdue_invoice(days, partner=partner, company=company)
            cls._pay(cls._overdue_invoice(45, partner=cls.partners[0], company=company))
            cls._overdue_invoice(-3, partner=cls.partners[1], company=company)
        for login in ("reads-a", "reads-b"):
            cls._role_user(login, "collector")

    def _jobs(self):
        xml_ids = self.env["ir.model.data"].search([
            ("module", "=", "debt_collection"), ("model", "=", "ir.cron"),
        ], order="name")
        return {row.name: self.env["ir.cron"].browse(row.res_id) for row in xml_ids}

    @contextmanager
    def _cut_off(self):
        """A time limit of nothing: the engine ends each run after its first slice."""
        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1),
        ):
            yield

    def _run(self, job):
        """Run a job once as the engine does; whether something remains."""
        with self.enter_registry_test_mode():
            self.assertIs(job.method_direct_trigger(), True)
        last = self.env["ir.cron.progress"].search(
            [("cron_id", "=", job.id)], order="id desc", limit=1
        )
        return bool(last.remaining)

    def _finish(self, job, most=100):
        """Run a job until nothing remains; how often."""
        for number in range(1, most + 1):
            if not self._run(job):
                return number
        return self.fail(f"{job.name} never ends")

    def _content(self):
        """How much there is of everything that a job could do twice, by company."""
        self.env.flush_all()
        content = {}
        for name, model in sorted(self.env.registry.items()):
            if not model._auto or model._abstract or model._transient or not (
                name.startswith("collection.") or name in ("mail.activity", "mail.mail")
            ):
                continue
            company = "company_id" if "company_id" in model._fields and (
                model._fields["company_id"].store
            ) else "NULL"
            self.env.cr.execute(SQL(
                "SELECT %s, COUNT(*) FROM %s GROUP BY 1 ORDER BY 1",
                SQL(company), SQL.identifier(model._table),
            ))
            content[name] = self.env.cr.fetchall()
        self.env.cr.execute(
            """SELECT stage, tier_code, amount_overdue, date_escalated, next_step_date, company_id,
                      date_survey, partner_id
                 FROM collection_case ORDER BY company_id, partner_id"""
        )
        content["cases"] = self.env.cr.fetchall()
        self.env.cr.execute(
            """SELECT id, collection_tier_id, collection_case_id IS NULL
                 FROM account_move_line WHERE collection_tier_id IS NOT NULL ORDER BY id"""
        )
        content["items"] = self.env.cr.fetchall()
        return content

    def _in_one_go(self, job):
        """What a job leaves that nobody cuts off; rolled back."""
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            self.assertFalse(self._run(job))
            return self._content()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    @contextmanager
    def _small_slices(self):
        patches = [patch.object(module, name, 1) for module, name in SLICES]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()

    @freeze_time("2025-10-31 15:00:00")
    def test_every_job_cut_off_after_each_slice(self):
        jobs = self._jobs()
        self.assertGreaterEqual(len(jobs), 14)
        # In the order of a night.
        order = sorted(jobs.items(), key=lambda pair: (pair[1].priority, pair[1].id))
        for name, job in order:
            with self.subTest(job=name), self._small_slices():
                expected = self._in_one_go(job)
                with self._cut_off():
                    runs = self._finish(job)
                self.assertGreaterEqual(runs, 2)
                self.assertEqual(self._content(), expected)
                self.assertFalse(self._run(job))
                self.assertEqual(self._content(), expected, "The job did something twice.")

    @freeze_time("2025-10-31 15:00:00")
    def test_a_run_goes_on_where_the_last_one_was_cut_off(self):
        job = self._jobs()["cron_classify"]
        cases = self.env["collection.case"]
        with self._cut_off():
            # Companies without a ledger come first.
            while not cases.search_count([]):
                self.assertTrue(self._run(job))
            done = cases.search([])
            self.assertEqual(done.company_id, self.companies.sorted("id")[:1])
            self._finish(job)
        self.assertEqual(cases.search([]).company_id, self.companies)

    @freeze_time("2025-10-31 15:00:00")
    def test_a_failing_case_stops_no_other_even_when_time_is_up(self):
        self.env["collection.case"]._classify(companies=self.companies)
        cases = self.env["collection.case"].search([], order="id")
        bad = cases[1]
        model = self.env.registry["collection.case"]
        escalate = model._escalate_batch

        def fail_for_one(this, *args):
            if bad in this:
                raise ValueError("broken")
            return escalate(this, *args)

        with (
            patch.object(model, "_escalate_batch", fail_for_one),
            self.assertLogs(LOGGER, "ERROR") as log,
            self._cut_off(),
        ):
            self._finish(self._jobs()["cron_escalate"])
        self.assertFalse(bad.date_escalated)
        self.assertTrue(all((cases - bad).mapped("date_escalated")))
        self.assertEqual(len(log.output), 1)
        self.assertIn(bad.display_name, log.output[0])
        self.assertIn(f"collection.case({bad.id},)", log.output[0])

    @freeze_time("2025-10-31 15:00:00")
    def test_slices_of_the_classification_equal_the_whole(self):
        cases = self.env["collection.case"]
        savepoint = self.env.cr.savepoint(flush=True)
        cases._classify(companies=self.companies)
        expected = self._content()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        for size in (1, 2, 3, 50):
            savepoint = self.env.cr.savepoint(flush=True)
            with self.subTest(size=size), patch.object(collection_case_night, "SLICE", size):
                self._run(self._jobs()["cron_classify"])
                self.assertEqual(self._content(), expected)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    @mute_logger(LOGGER)
    @freeze_time("2025-10-31 15:00:00")
    def test_each_run_that_came_to_its_end_begins_anew(self):
        job = self._jobs()["cron_classify"]
        self._finish(job)
        invoice = self._overdue_invoice(10, partner=self.partners[2])
        self._finish(job)
        self.assertTrue(invoice.collection_tier_id, "The marks of a run are its own.")
