import { Component, markup, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { deserializeDate, deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { parseMonetary } from "@web/views/fields/parsers";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    dayProgress,
    filterTimeline,
    moveCase,
    nextCase,
    promiseDays,
    tickedAmount,
    timelineKinds,
    typedAmount,
} from "./desk_logic";

const UNDO_DELAY = 15000;
const ICONS = {
    activity: "fa-phone",
    email: "fa-envelope-o",
    letter: "fa-file-text-o",
    payment: "fa-money",
    promise: "fa-handshake-o",
    portal: "fa-globe",
    note: "fa-sticky-note-o",
};

/** A collector's day: the worklist, the case at hand, and what is done with it. */
export class CollectionDesk extends Component {
    static template = "debt_collection.Desk";
    static components = { DateTimeInput, Layout };
    static props = { ...standardActionServiceProps };
    static path = "desk";
    static displayName = _t("My Day");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.state = useState({
            worklist: { cases: [], done: [], total: 0, week: 0 },
            caseId: this.props.resId || false,
            case: null,
            showDone: false,
            ticked: [],
            panel: false,
            notes: "",
            inbound: false,
            kind: "all",
            audit: false,
            correcting: false,
            promiseDate: false,
            promiseAmount: false,
            preview: null,
            pdf: false,
            showGuide: true,
            busy: false,
            gone: false,
        });
        onWillStart(() => this.start());
        onWillUnmount(() => browser.clearTimeout(this.linkTimer));
        this.setHotkeys();
        this.env.config.setDisplayName?.(_t("My Day"));
    }

    setHotkeys() {
        const keys = {
            j: () => this.move(1),
            k: () => this.move(-1),
            1: () => this.call("no_answer"),
            2: () => this.call("left_message"),
            3: () => this.openPanel("promise"),
            4: () => this.openPanel("dispute"),
            5: () => this.openPanel("refused"),
            6: () => this.call("wrong_number"),
            7: () => this.openPanel("reached"),
        };
        for (const [key, callback] of Object.entries(keys)) {
            useHotkey(key, () => callback(), { isAvailable: () => !this.state.busy });
        }
        useHotkey("escape", () => this.closePanel(), {
            bypassEditableProtection: true,
            isAvailable: () => Boolean(this.state.panel || this.state.pdf),
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    // Loading: two calls when the desk opens, two after each thing done.

    async start() {
        this.state.worklist = await this.orm.call("collection.desk", "get_worklist", []);
        const caseId =
            this.state.caseId || (!this.ui.isSmall && this.state.worklist.cases[0]?.id) || false;
        if (caseId) {
            await this.loadCase(caseId);
        }
    }

    async loadCase(caseId) {
        const data = await this.keepLast.add(
            this.orm.call("collection.desk", "get_case", [caseId])
        );
        this.state.gone = !data;
        if (data) {
            data.guide.body = markup(data.guide.body);
        }
        this.state.case = data || null;
        this.state.caseId = caseId;
        this.props.updateActionState?.({ resId: caseId });
    }

    async reload(caseId = this.state.caseId) {
        const [worklist] = await Promise.all([
            this.orm.call("collection.desk", "get_worklist", []),
            caseId ? this.loadCase(caseId) : undefined,
        ]);
        this.state.worklist = worklist;
    }

    async open(caseId) {
        this.closePanel();
        Object.assign(this.state, { ticked: [], inbound: false, kind: "all", audit: false });
        if (caseId) {
            await this.loadCase(caseId);
        } else {
            Object.assign(this.state, { caseId: false, case: null });
            this.props.updateActionState?.({ resId: false });
        }
        this.root.el?.querySelector(".o_desk_case")?.scrollTo?.(0, 0);
    }

    /** Up and down the list; from a case that is done, back to what is left. */
    move(step) {
        const { cases, done } = this.state.worklist;
        const rows = this.state.showDone ? [...cases, ...done] : cases;
        const id = moveCase(rows, this.state.caseId, step);
        if (id && id !== this.state.caseId) {
            return this.open(id);
        }
    }

    // What is done: one call, a toast that can take it back, and all figures anew.

    async perform(method, args, { goOn = false } = {}) {
        if (this.state.busy || !this.state.case) {
            return;
        }
        const caseId = this.state.caseId;
        const next = goOn ? nextCase(this.state.worklist.cases, caseId) || caseId : caseId;
        this.state.busy = true;
        try {
            const { message, undo } = await this.orm.call("collection.desk", method, args);
            this.toast(message, undo, caseId);
            this.closePanel();
            Object.assign(this.state, { ticked: [], inbound: false });
            await this.reload(next);
        } finally {
            this.state.busy = false;
        }
    }

    toast(message, undo, caseId) {
        const buttons = undo
            ? [{
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    const answer = await this.orm.call("collection.desk", "undo", [undo]);
                    this.toast(answer.message, false, caseId);
                    await this.reload(caseId);
                },
            }]
            : [];
        const close = this.notification.add(message, {
            type: "success",
            buttons,
            autocloseDelay: undo ? UNDO_DELAY : 4000,
        });
    }

    get direction() {
        return this.state.inbound ? "inbound" : "outbound";
    }

    call(outcome, method = "phone", goOn = true) {
        const { caseId, notes } = this.state;
        return this.perform(
            "log_call", [caseId, outcome, notes, method, this.direction], { goOn }
        );
    }

    promise(date) {
        const { caseId, ticked, notes } = this.state;
        const amount = this.promisedAmount;
        if (amount === null) {
            return this.notification.add(
                _t("“%(text)s” is no amount. Write it as a number, such as %(example)s.", {
                    text: this.state.promiseAmount,
                    example: formatFloat(this.amount || 1000, { digits: [16, 2] }),
                }),
                { type: "danger" }
            );
        }
        return this.perform("make_promise", [
            caseId, amount, serializeDate(date), [...ticked], notes, this.direction,
        ]);
    }

    /** What was typed in place of the whole, `null` if it is no number. */
    get promisedAmount() {
        return typedAmount(this.state.promiseAmount, this.amount, parseMonetary);
    }

    dispute(reasonId) {
        const { caseId, ticked, notes } = this.state;
        return this.perform(
            "make_dispute", [caseId, [...ticked], reasonId, notes, this.direction]
        );
    }

    plan(count) {
        return this.perform("make_plan", [this.state.caseId, count, [...this.state.ticked]]);
    }

    sendCopies() {
        return this.perform("send_copies", [this.state.caseId, [...this.state.ticked]]);
    }

    async copyPayLink() {
        const url = await this.orm.call(
            "collection.desk", "get_pay_link", [this.state.caseId, [...this.state.ticked]]
        );
        try {
            await browser.navigator.clipboard.writeText(url);
            this.notification.add(_t("The pay link is on the clipboard."), { type: "success" });
        } catch {
            // A browser may keep the clipboard to itself: the link is shown instead.
            this.notification.add(url, { type: "info", sticky: true });
        }
    }

    // Letters: looked at, then sent.

    async openLetter(kind) {
        this.openPanel("letter");
        this.state.preview = null;
        const preview = await this.keepLast.add(
            this.orm.call("collection.desk", "preview_letter", [this.state.caseId, kind])
        );
        preview.html = markup(preview.html);
        this.state.preview = preview;
    }

    sendLetter() {
        const { caseId, preview } = this.state;
        return this.perform(
            preview.kind === "statement" ? "send_statement" : "send_letter",
            [
                caseId,
                ...(preview.kind === "statement" ? [] : [preview.kind]),
                preview.contact_id,
                preview.channel,
            ]
        );
    }

    // Corrections.

    correctEntry(entry) {
        this.state.correcting = {
            id: entry.contact_id,
            outcome: entry.outcome,
            notes: entry.text,
        };
    }

    saveCorrection() {
        const { id, outcome, notes } = this.state.correcting;
        return this.perform("correct", [id, outcome, notes]);
    }

    // The screen.

    openPanel(panel) {
        if (!this.state.case) {
            return;
        }
        if (panel === "dispute" && !this.state.ticked.length) {
            this.state.ticked = this.disputable.map((invoice) => invoice.id);
        }
        Object.assign(this.state, {
            panel, notes: "", promiseDate: false, promiseAmount: false,
        });
    }

    closePanel() {
        Object.assign(this.state, {
            panel: false, preview: null, pdf: false, notes: "", correcting: false,
        });
    }

    get disputable() {
        return this.state.case.invoices.filter((invoice) => !invoice.state && invoice.days > 0);
    }

    toggle(invoice) {
        const { ticked } = this.state;
        this.state.ticked = ticked.includes(invoice.id)
            ? ticked.filter((id) => id !== invoice.id)
            : [...ticked, invoice.id];
    }

    toggleAll() {
        const { invoices } = this.state.case;
        const all = this.state.ticked.length === invoices.length;
        this.state.ticked = all ? [] : invoices.map((invoice) => invoice.id);
    }

    async openPdf(invoice) {
        const ready = await rpc("/report/check_wkhtmltopdf", {}, { silent: true });
        const format = ["ok", "upgrade", "workers"].includes(ready) ? "pdf" : "html";
        this.state.pdf = {
            name: invoice.name,
            url: `/report/${format}/account.report_invoice_with_payments/${invoice.move_id}`,
        };
    }

    get amount() {
        const { invoices, figures } = this.state.case;
        return tickedAmount(invoices, this.state.ticked, figures.meant);
    }

    /** The amount in the field of a promise, as the customer may promise a part of it. */
    get amountToEdit() {
        return formatFloat(this.amount, { digits: [16, 2] });
    }

    get amountText() {
        return formatMonetary(this.amount, {
            currencyId: this.state.case.figures.currency_id,
        });
    }

    get days() {
        const labels = {
            tomorrow: _t("Tomorrow"),
            friday: _t("Friday"),
            week: _t("In a week"),
            month: _t("End of month"),
        };
        return promiseDays(deserializeDate(this.state.case.today)).map((day) => ({
            ...day,
            label: labels[day.key],
            text: day.date.toLocaleString({ month: "short", day: "numeric" }),
        }));
    }

    get progress() {
        return dayProgress(this.state.worklist);
    }

    get outcomes() {
        return {
            reached: _t("Spoke with customer"),
            no_answer: _t("No answer"),
            left_message: _t("Left a message"),
            promised: _t("Promised to pay"),
            disputed: _t("Disputed"),
            refused: _t("Refused"),
            wrong_number: _t("Wrong number"),
            other: _t("Other"),
        };
    }

    get callButtons() {
        return [
            { key: 1, name: "no_answer", label: _t("No answer"), run: () => this.call("no_answer") },
            { key: 2, name: "voicemail", label: _t("Voicemail"), run: () => this.call("left_message") },
            { key: 3, name: "promise", label: _t("Promise"), run: () => this.openPanel("promise") },
            { key: 4, name: "dispute", label: _t("Dispute"), run: () => this.openPanel("dispute") },
            { key: 5, name: "refused", label: _t("Refused"), run: () => this.openPanel("refused") },
            { key: 6, name: "wrong_number", label: _t("Wrong number"), run: () => this.call("wrong_number") },
            { key: 7, name: "reached", label: _t("Spoke with customer"), run: () => this.openPanel("reached") },
        ];
    }

    get kinds() {
        const labels = {
            all: _t("All"),
            activity: _t("Activities"),
            email: _t("E-mails"),
            letter: _t("Letters"),
            payment: _t("Payments"),
            promise: _t("Promises"),
            portal: _t("Portal requests"),
            note: _t("Notes"),
        };
        return ["all", ...timelineKinds(this.state.case.timeline)].map((kind) => ({
            kind,
            label: labels[kind],
        }));
    }

    get entries() {
        return filterTimeline(this.state.case.timeline, this.state.kind);
    }

    /** Sentences with figures in them, and what is read out only. */
    get labels() {
        const { worklist, ticked, case: data } = this.state;
        return {
            waiting: _t("To do (%s)", worklist.cases.length),
            done: _t("Done (%(done)s of %(total)s)", this.progress),
            overdue: data && _t("Overdue %s", data.figures.overdue_text),
            credits: data && _t("Credits %s", data.figures.credits_text),
            ticked: data && _t("%(count)s ticked: %(amount)s", {
                count: ticked.length, amount: this.amountText,
            }),
            callable: (moment) => _t("No calls until %s", moment),
            instalments: (count) => _t("%s instalments", count),
            save: (outcome) => _t("Save: %s", outcome),
            guide: _t("Call guide"),
            panel: _t("What came of it"),
            priority: (priority) => _t("Priority %s", priority),
            call: (name) => _t("Call %s", name),
            tick: (name) => _t("Tick %s", name),
        };
    }

    icon(entry) {
        return ICONS[entry.kind];
    }

    when(entry) {
        const moment = deserializeDateTime(entry.moment);
        const day = entry.has_time ? moment : deserializeDate(entry.moment.slice(0, 10));
        const thisYear = day.year === luxon.DateTime.now().year;
        return day.toLocaleString({
            month: "short",
            day: "numeric",
            ...(thisYear ? {} : { year: "numeric" }),
            ...(entry.has_time ? { hour: "2-digit", minute: "2-digit" } : {}),
        });
    }

    // Other screens.

    openForm(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openList() {
        return this.action.doAction("debt_collection.collection_case_action_day");
    }

    openPromises() {
        return this.action.doAction("debt_collection.collection_promise_action_week");
    }

    openAbsence() {
        return this.action.doAction("debt_collection.collection_absence_action");
    }

    compose() {
        const { caseId, case: { customer } } = this.state;
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "mail.compose.message",
                views: [[false, "form"]],
                target: "new",
                name: _t("E-mail"),
                context: {
                    default_model: "collection.case",
                    default_res_ids: [caseId],
                    default_composition_mode: "comment",
                    default_partner_ids: [customer.person_id],
                },
            },
            { onClose: () => this.reload() }
        );
    }
}

registry.category("actions").add("collection_desk", CollectionDesk);
