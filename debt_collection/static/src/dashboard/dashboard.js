import { Component, onWillStart, useState } from "@odoo/owl";
import { cookie } from "@web/core/browser/cookie";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";
import { DashboardChart } from "./dashboard_chart";

/** Told apart by people who do not tell red from green; the names stand beside them. */
const COLORS = ["#8a8d93", "#56b4e9", "#e69f00", "#b3002d", "#5b2a86", "#1b4f72"];

export class CollectionDashboard extends Component {
    static template = "debt_collection.Dashboard";
    static components = { DashboardChart, DateTimeInput, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null, currencyId: false });
        onWillStart(() => this.load());
    }

    async load(date = this.state.data?.date) {
        this.state.data = await this.keepLast.add(
            this.orm.call("collection.dashboard", "get_dashboard", [], {
                date: date || null,
                currency_id: this.state.currencyId || null,
            })
        );
    }

    get display() {
        return { controlPanel: {} };
    }

    get date() {
        return deserializeDate(this.state.data.date);
    }

    setDate(date) {
        if (date) {
            this.load(serializeDate(date));
        }
    }

    setCurrency(event) {
        this.state.currencyId = parseInt(event.target.value);
        this.load();
    }

    amount(value) {
        return formatMonetary(value, { currencyId: this.state.data.currency_id, digits: [16, 0] });
    }

    number(value) {
        return formatFloat(value, { digits: [16, 2] });
    }

    monthName(month) {
        return formatDate(deserializeDate(month), { format: "LLL yy" });
    }

    color(index) {
        return COLORS[index % COLORS.length];
    }

    tierColor(code) {
        return this.color(this.state.data.tiers.findIndex((tier) => tier.code === code));
    }

    get overdue() {
        return this.state.data.tiers
            .filter((tier) => tier.code)
            .reduce((sum, tier) => sum + tier.amount, 0);
    }

    get share() {
        const { amount, target } = this.state.data.collected;
        return target ? Math.round((100 * amount) / target) : 0;
    }

    get options() {
        const dark = cookie.get("color_scheme") === "dark";
        const color = dark ? "#c8cad0" : "#495057";
        const grid = { color: dark ? "#3c3f4c" : "#e7e9ed" };
        return {
            maintainAspectRatio: false,
            animation: false,
            plugins: { legend: { labels: { color } } },
            scales: {
                x: { ticks: { color }, grid },
                y: { ticks: { color }, grid, beginAtZero: true },
            },
        };
    }

    get monthsConfig() {
        const { months, tiers } = this.state.data;
        const options = this.options;
        options.scales.x.stacked = options.scales.y.stacked = true;
        return {
            type: "bar",
            data: {
                labels: months.map((month) => this.monthName(month.month)),
                datasets: tiers
                    .filter((tier) => tier.code)
                    .map((tier) => ({
                        label: tier.name,
                        backgroundColor: this.tierColor(tier.code),
                        data: months.map(
                            (month) => month.tiers.find((part) => part.code === tier.code)?.amount
                        ),
                    })),
            },
            options,
        };
    }

    get trendConfig() {
        const { trend } = this.state.data;
        const line = (label, name, index) => ({
            label,
            data: trend.map((month) => month[name]),
            borderColor: this.color(index),
            backgroundColor: this.color(index),
            spanGaps: true,
        });
        return {
            type: "line",
            data: {
                labels: trend.map((month) => this.monthName(month.month)),
                datasets: [
                    line(_t("Collection effectiveness (%)"), "effectiveness", 1),
                    line(_t("Days' sales outstanding"), "sales_days", 2),
                    line(_t("Best possible"), "sales_days_best", 0),
                ],
            },
            options: this.options,
        };
    }

    get hasMonths() {
        return this.state.data.months.some((month) => month.tiers.some((tier) => tier.amount));
    }

    get hasTrend() {
        return this.state.data.trend?.some(
            (month) => month.effectiveness !== null || month.sales_days !== null
        );
    }

    /** The records behind a figure; what is another's is left out by the record rules. */
    openCases(domain, name) {
        return this.openRecords("collection.case", [["stage", "!=", "closed"], ...domain], name);
    }

    openRecords(model, domain, name) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["company_id", "=", this.state.data.company_id], ...domain],
        });
    }

    openTier(tier) {
        return this.openRecords(
            "collection.ageing.report",
            tier.code ? [["tier_id", "=", tier.id]] : [["kind", "=", "current"]],
            tier.name
        );
    }

    openCase(debtor) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.case",
            res_id: debtor.case_id,
            views: [[false, "form"]],
        });
    }

    openPromises(states, from, to, name) {
        const domain = [["state", "in", states]];
        if (from) {
            domain.push(["date_promised", ">=", serializeDate(from)]);
        }
        if (to) {
            domain.push(["date_promised", "<=", serializeDate(to)]);
        }
        return this.openRecords("collection.promise", domain, name);
    }

    openDue() {
        const { date } = this;
        return this.openPromises(["open"], date, date.plus({ days: 7 }), _t("Promises Due"));
    }

    openLate() {
        return this.openPromises(["open"], null, this.date.minus({ days: 1 }), _t("Promises Late"));
    }

    openKept() {
        return this.openPromises(
            ["kept"], this.date.startOf("month"), this.date, _t("Promises Kept")
        );
    }

    openBroken() {
        return this.openPromises(
            ["broken", "partial"], this.date.startOf("month"), this.date, _t("Promises Broken")
        );
    }

    openNoAction() {
        return this.openCases(
            [
                ["next_action_date", "=", false],
                ["next_step_date", "=", false],
            ],
            _t("Cases without Next Action")
        );
    }

    openCollector(row) {
        return this.openCases([["user_id", "=", row.user_id || false]], row.name);
    }

    openTargets() {
        return this.openRecords("collection.target", [["kind", "=", "amount"]], _t("Targets"));
    }

    openSnapshots() {
        return this.action.doAction("debt_collection.collection_ageing_snapshot_action");
    }

    openAssessments() {
        return this.openRecords("collection.assessment", [["user_id", "=", false]], _t("Team"));
    }

    print() {
        return this.action.doAction({
            type: "ir.actions.report",
            report_type: "qweb-pdf",
            report_name: "debt_collection.report_dashboard",
            data: { date: this.state.data.date, currency_id: this.state.data.currency_id },
        });
    }
}

registry.category("actions").add("debt_collection.dashboard", CollectionDashboard);
